"""What is refused before anyone asks who is calling: foreign hosts, origins and sites."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from types import MappingProxyType

from tornado.httputil import HTTPServerRequest

from desktop_app.errors import ForbiddenError

SOCKET_HOST = "localhost"
"""The only Host on the Unix socket."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

# Referrer-Policy is "same-origin" and not "no-referrer": with the latter browsers send
# "Origin: null" with a form of our own, which could not be told from a stranger's.
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
"""Sent with every answer, errors included."""


def own_host(port: int) -> str:
    """Return the only Host on the TCP port."""
    return f"127.0.0.1:{port}"


def own_origin(port: int) -> str:
    """Return the only Origin that a page of ours has."""
    return f"http://{own_host(port)}"


def over_socket(request: HTTPServerRequest) -> bool:
    """Tell whether *request* came over the Unix socket, as the operating system says."""
    family = getattr(getattr(request.connection, "context", None), "address_family", None)
    return family is not None and family == getattr(socket, "AF_UNIX", None)


def check_request(request: HTTPServerRequest, *, port: int, navigable: bool = False) -> None:
    """Refuse a request that a foreign page or a rebound name could have caused.

    Args:
        request: Any request; credentials are not looked at.
        port: The TCP port that we listen on.
        navigable: True for the one page that a foreign place may open in a tab.

    Raises:
        ForbiddenError: The Host, Origin or Sec-Fetch-Site is not ours.
    """
    expected = SOCKET_HOST if over_socket(request) else own_host(port)
    if request.headers.get_list("Host") != [expected]:
        raise ForbiddenError("host")
    if request.headers.get_list("Origin") not in ([], [own_origin(port)]):
        raise ForbiddenError("origin")
    if _from_elsewhere(request) and not (navigable and _is_navigation(request)):
        raise ForbiddenError("site")


def _from_elsewhere(request: HTTPServerRequest) -> bool:
    # Everything but the two good values is refused, so a value that a later browser
    # invents, or a repeated header, fails closed.
    values = request.headers.get_list("Sec-Fetch-Site")
    return values not in ([], ["same-origin"], ["none"])


def _is_navigation(request: HTTPServerRequest) -> bool:
    headers = request.headers
    return (
        request.method in ("GET", "HEAD")
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
    )
