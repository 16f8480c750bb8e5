"""Evaluation: rules become column expressions, tables become obligations."""
