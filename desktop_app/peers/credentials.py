"""Who is at the other end of a Unix socket, as the kernel wrote it down when they connected."""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass

# include/uapi/asm-generic/socket.h, Linux 6.5; Python has no name for it yet.
_SO_PEERPIDFD = 77
_UCRED = struct.Struct("3i")
# sys/un.h and sys/ucred.h of macOS.
_SOL_LOCAL = 0
_LOCAL_PEERCRED = 1
_LOCAL_PEERPID = 2
_XUCRED = struct.Struct("=IIh2x16I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A process and its user; ``pid`` is 0 where the system has no number for it here."""

    pid: int
    uid: int


def peer_credentials(connection: socket.socket) -> Credentials:
    """Return who connected *connection*, a Unix socket.

    Raises:
        OSError: The system does not say.
    """
    if sys.platform == "darwin":
        return _on_macos(connection)
    given = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    pid, uid, _ = _UCRED.unpack(given)
    return Credentials(pid=pid, uid=uid)


def peer_has_ended(connection: socket.socket) -> bool:
    """Tell whether the very process that connected is known to have ended.

    Where the kernel gives a handle of it (Linux 6.5), its number can't have passed to another
    one unnoticed. Elsewhere the times when processes began have to do.
    """
    with suppress(OSError):
        handle = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD)
        try:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            return bool(poll.poll(0))
        finally:
            os.close(handle)
    return False


def _on_macos(connection: socket.socket) -> Credentials:
    size = struct.calcsize("i")
    (pid,) = struct.unpack("i", connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID, size))
    given = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
    return Credentials(pid=pid, uid=_XUCRED.unpack(given)[1])
