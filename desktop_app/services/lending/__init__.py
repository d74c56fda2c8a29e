"""Lending to programs: who asks, what the person said, and the log of it."""
