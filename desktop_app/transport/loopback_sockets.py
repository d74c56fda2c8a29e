"""Binding the loopback addresses that a redirect URI names."""

from __future__ import annotations

import socket
from typing import Final

from tornado.netutil import bind_sockets

from desktop_app.providers.model import Redirect
from desktop_app.services.errors import PortInUseError

_PORT_TRIES: Final = 20


def bind_redirect(redirect: Redirect) -> list[socket.socket]:
    """Bind the port that *redirect* names, or any free one, on its loopback address.

    ``localhost`` is bound on 127.0.0.1 and, where the machine has it, on ::1.

    Raises:
        PortInUseError: If the fixed port is taken.

    Source: RFC 8252 section 7.3.
    """
    try:
        if redirect.host == "localhost":
            return _bind_both(redirect.port)
        if redirect.host == "[::1]":
            return bind_sockets(redirect.port or 0, "::1", socket.AF_INET6)
        return bind_sockets(redirect.port or 0, "127.0.0.1", socket.AF_INET)
    except OSError as error:
        raise PortInUseError(port=redirect.port or 0) from error


def _bind_both(port: int | None) -> list[socket.socket]:
    """Bind one port on both addresses, because ``localhost`` may mean either."""
    for _ in range(1 if port else _PORT_TRIES):
        first = bind_sockets(port or 0, "127.0.0.1", socket.AF_INET)
        if not _has_ipv6():
            return first
        try:
            return first + bind_sockets(first[0].getsockname()[1], "::1", socket.AF_INET6)
        except OSError:
            first[0].close()
    raise OSError("no port is free on both loopback addresses")


def _has_ipv6() -> bool:
    """Tell whether this machine has ::1; containers often have none."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
