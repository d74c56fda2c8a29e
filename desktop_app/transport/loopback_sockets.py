"""Binding the loopback addresses that a redirect URI names."""

from __future__ import annotations

import socket
from typing import Final

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
            return [_listen("::1", redirect.port or 0)]
        return [_listen("127.0.0.1", redirect.port or 0)]
    except OSError as error:
        raise PortInUseError(port=redirect.port or 0) from error


def _bind_both(port: int | None) -> list[socket.socket]:
    """Bind one port on both addresses, because ``localhost`` may mean either."""
    for _ in range(1 if port else _PORT_TRIES):
        first = _listen("127.0.0.1", port or 0)
        if not _has_ipv6():
            return [first]
        try:
            return [first, _listen("::1", first.getsockname()[1])]
        except OSError:
            first.close()
    raise OSError("no port is free on both loopback addresses")


def _listen(address: str, port: int) -> socket.socket:
    # Not Tornado's bind_sockets: it forgets to close the socket when the port is taken.
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.create_server((address, port), family=family, backlog=128)
    listening.setblocking(False)
    return listening


def _has_ipv6() -> bool:
    """Tell whether this machine has ::1; containers often have none."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
