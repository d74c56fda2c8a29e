"""Backups: everything that a person would miss if the disk were gone, and its way back."""
