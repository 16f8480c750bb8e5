"""Acceptance: small logs as an office exports them, held against the contract."""
