"""Grants and their tokens: renewed, narrowed, looked up, signed with and taken back."""
