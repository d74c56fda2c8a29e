"""The photo service's Tornado handlers."""
