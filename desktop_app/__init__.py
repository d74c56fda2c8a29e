"""Coatcheck: keeps your sign-ins on your own disk and lends them with your say."""

__version__ = "0.1.0"
