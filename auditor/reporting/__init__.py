"""Reporting (出具报告): one audit written out for people and for machines. Nothing here judges."""
