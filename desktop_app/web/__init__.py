"""The embedded server: who may come in, how errors read, pages and live events."""
