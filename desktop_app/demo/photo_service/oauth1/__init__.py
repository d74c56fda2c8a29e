"""The photo service's older way in: OAuth 1.0a (RFC 5849)."""
