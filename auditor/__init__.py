"""Audits the logs of an open-government office against declarative rules."""

__version__ = "0.1.0"
