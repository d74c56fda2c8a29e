"""Who is at the other end of a TCP connection on this machine."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_MAPPED = "0000000000000000FFFF0000"
_UID_COLUMN = 7

Ends = tuple[tuple[str, int], tuple[str, int]]
"""Address and port of their end, then of ours."""


def ends_of(connection: socket.socket) -> Ends:
    """Return both ends of an IPv4 *connection* as the other side sees them.

    Raises:
        OSError: It is closed by now.
    """
    theirs, ours = connection.getpeername(), connection.getsockname()
    return (theirs[0], theirs[1]), (ours[0], ours[1])


def belongs_to(uid: int | None, ends: Ends) -> bool:
    """Tell whether the user made the other end; False also where the system does not say.

    Args:
        uid: The user's number; None where users have names alone: then whoever runs this.
        ends: Of the connection.
    """
    if sys.platform != "linux":
        process = owner(ends)
        return process is not None and _is_of(uid, process)
    return _linux_uid(ends) == uid


def owner(ends: Ends) -> psutil.Process | None:
    """Return the process that holds the other end, or None if it can't be found."""
    for pid in _holders(ends):
        with suppress(psutil.Error):
            return psutil.Process(pid)
    return None


def _holders(ends: Ends) -> Iterator[int]:
    if sys.platform == "darwin":
        yield from _holders_on_macos(ends)
    else:
        found = (each for each in psutil.net_connections("tcp") if _fits(each, ends))
        yield from (each.pid for each in found if each.pid)


def _holders_on_macos(ends: Ends) -> Iterator[int]:
    """Ask process by process: the list of all connections is the administrator's alone there."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(_fits(each, ends) for each in process.net_connections("tcp")):
                yield process.pid


def _fits(found: object, ends: Ends) -> bool:
    pair = getattr(found, "laddr", ()), getattr(found, "raddr", ())
    return tuple(_plain(address) for address in pair) == ends


def _plain(address: tuple[str, int] | tuple[()]) -> tuple[str, int] | None:
    # A program whose socket speaks both versions of IP connects from a mapped address.
    return (address[0].removeprefix("::ffff:"), address[1]) if address else None


def _is_of(uid: int | None, process: psutil.Process) -> bool:
    try:
        if uid is not None:
            return bool(process.uids().effective == uid)
        return bool(process.username() == psutil.Process().username())
    except psutil.Error:
        return False


def _linux_uid(ends: Ends) -> int | None:
    wanted = tuple(_as_in_table(*end) for end in ends)
    for table in _TABLES:
        with suppress(OSError):
            for line in table.read_text("ascii").splitlines()[1:]:
                cells = line.split()
                if tuple(cell.removeprefix(_MAPPED) for cell in cells[1:3]) == wanted:
                    return int(cells[_UID_COLUMN])
    return None


def _as_in_table(host: str, port: int) -> str:
    number = int.from_bytes(socket.inet_aton(host), sys.byteorder)
    return f"{number:08X}:{port:04X}"
