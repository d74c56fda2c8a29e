"""Tornado behind the ports: outgoing HTTP, and the loopback listener for redirects."""
