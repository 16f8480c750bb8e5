"""Judgement: obligations become findings, each with its proof."""
