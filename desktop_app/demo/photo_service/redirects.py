"""Which redirect URIs the photo service answers to: any loopback port of this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

_HOSTS = {"127.0.0.1", "::1", "localhost"}


def is_loopback_redirect(uri: str) -> bool:
    """Return whether *uri* is ``http`` on a loopback port, with path ``/callback``.

    Source: RFC 8252 section 7.3 (the port varies), section 8.3 (``localhost`` is tolerated).
    """
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    known = parts.scheme == "http" and parts.hostname in _HOSTS and parts.path == "/callback"
    return known and plain and port is not None and uri.isascii() and uri.isprintable()


def form_action(redirect_uri: str) -> str:
    """Return the CSP source that lets a form end at *redirect_uri*.

    Chromium applies ``form-action`` also to the redirect after a form was sent. CSP has no
    syntax for IPv6 addresses, so there the scheme has to do.
    """
    parts = urlsplit(redirect_uri)
    return "http:" if parts.hostname == "::1" else f"http://{parts.netloc}"
