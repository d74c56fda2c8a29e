"""Signing in: from a provider's name to a kept profile."""
