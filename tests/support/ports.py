"""Ports for servers that are told theirs before they start."""

from __future__ import annotations

import random
import socket

# Below what systems give to whoever asks for any port: nobody else takes one of these between the
# moment it is found and the moment, seconds later on a busy machine, when the server binds it.
_OURS = range(20_000, 32_000)
_kept: list[socket.socket] = []


def free_port() -> int:
    """A port that nobody listens on, and that no other test is given, in whatever process."""
    while True:
        port = random.choice(_OURS)
        if _is_free(port) and _is_kept(port):
            return port


def is_listening(port: int) -> bool:
    """Say whether anybody accepts connections on *port*."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return _binds(probe, port)


def _is_kept(port: int) -> bool:
    """Take the same number for datagrams, which tells other tests until this process ends."""
    mark = socket.socket(type=socket.SOCK_DGRAM)
    if not _binds(mark, port):
        mark.close()
        return False
    _kept.append(mark)
    return True


def _binds(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
