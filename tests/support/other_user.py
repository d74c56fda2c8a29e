"""Another user of this machine, who connects to us."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from desktop_app.peers.own import OwnCommand
from desktop_app.peers.system import SystemPeers

NOBODY = 65_534


def peers_to_refuse_them() -> SystemPeers:
    """Return the peers of whom `as_another_user` is another user.

    Only the administrator can become another user. Without that it is we who connect, and the
    peers are another user's: what the system says of the connection is real both times.
    """
    us = os.geteuid()
    return SystemPeers(OwnCommand(), uid=us if us == 0 else us + 1)


@contextmanager
def as_another_user(
    address: str | tuple[str, int], message: bytes = b"", *, answer: list[bytes] | None = None
) -> Iterator[None]:
    """Connect to *address* as another user, say *message*, and stay while this is entered.

    The folder and the socket are opened to everybody for that: what keeps others out there is
    the file system, and what is tried here is what stands behind it.

    Args:
        address: A Unix socket's path, or a host and a port.
        message: What is sent.
        answer: Gets all that comes back, when this is left.
    """
    is_real = os.geteuid() == 0
    if isinstance(address, str):
        _open_to_everybody(address)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_another(address, message, writing, is_real=is_real)
    os.close(writing)
    try:
        yield
        if answer is not None:
            with os.fdopen(os.dup(reading), "rb") as told:
                answer.append(told.read())
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _be_another(
    address: str | tuple[str, int], message: bytes, writing: int, *, is_real: bool
) -> None:
    """Connect in a child that never returns to the tests."""
    try:
        if is_real:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        connection = socket.socket(family)
        connection.connect(address)
        connection.sendall(message)
        while part := connection.recv(65_536):
            os.write(writing, part)
    finally:
        os._exit(0)


def _open_to_everybody(path: str) -> None:
    folder = os.path.dirname(path)  # noqa: PTH120
    os.chmod(path, 0o666)  # noqa: PTH101
    while folder not in {"/", "/tmp"}:
        os.chmod(folder, os.stat(folder).st_mode | 0o011)  # noqa: PTH101, PTH116
        folder = os.path.dirname(folder)  # noqa: PTH120
