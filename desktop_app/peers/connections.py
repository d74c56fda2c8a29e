"""Who is at the other end of a TCP connection on this machine."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

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


def belonging(uid: int | None, all_ends: Sequence[Ends]) -> list[bool]:
    """Tell for each of *all_ends* whether the user made it; False where the system is silent.

    Args:
        uid: The user's number; None where users have names alone: then whoever runs this.
        all_ends: Of the connections.
    """
    if sys.platform != "linux":
        return [each is not None and _is_of(uid, each) for each in owners(all_ends)]
    return [found == uid for found in _linux_uids(all_ends)]


def owners(all_ends: Sequence[Ends]) -> list[psutil.Process | None]:
    """Return for each of *all_ends* the process that holds the other end, or None."""
    holders = _holders(frozenset(all_ends))
    return [_process(holders[ends]) if ends in holders else None for ends in all_ends]


def _process(pid: int) -> psutil.Process | None:
    with suppress(psutil.Error):
        return psutil.Process(pid)
    return None


def _holders(wanted: frozenset[Ends]) -> dict[Ends, int]:
    """Return the numbers of the processes that hold the *wanted* ends, as far as is told."""
    found = _held_on_macos() if sys.platform == "darwin" else _held()
    return {ends: pid for ends, pid in found if ends in wanted}


def _held() -> Iterator[tuple[Ends, int]]:
    for each in psutil.net_connections("tcp"):
        if each.pid and each.raddr:
            yield _ends(each), each.pid


def _held_on_macos() -> Iterator[tuple[Ends, int]]:
    """Ask process by process: the list of all connections is the administrator's alone there."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            for each in process.net_connections("tcp"):
                if each.raddr:
                    yield _ends(each), process.pid


def _ends(found: Any) -> Ends:
    return _plain(found.laddr), _plain(found.raddr)


def _plain(address: tuple[str, int]) -> tuple[str, int]:
    # A program whose socket speaks both versions of IP connects from a mapped address.
    return address[0].removeprefix("::ffff:"), address[1]


def _is_of(uid: int | None, process: psutil.Process) -> bool:
    try:
        if uid is not None:
            return bool(process.uids().effective == uid)
        return bool(process.username() == psutil.Process().username())
    except psutil.Error:
        return False


def _linux_uids(all_ends: Sequence[Ends]) -> list[int | None]:
    wanted = [(_as_in_table(*theirs), _as_in_table(*ours)) for theirs, ours in all_ends]
    found: dict[tuple[str, str], int] = {}
    for table in _TABLES:
        with suppress(OSError):
            found |= _uids_in(table.read_text("ascii"), frozenset(wanted))
    return [found.get(each) for each in wanted]


def _uids_in(
    table: str, wanted: frozenset[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], int]]:
    for line in table.splitlines()[1:]:
        cells = line.split()
        pair = cells[1].removeprefix(_MAPPED), cells[2].removeprefix(_MAPPED)
        if pair in wanted:
            yield pair, int(cells[_UID_COLUMN])


def _as_in_table(host: str, port: int) -> str:
    number = int.from_bytes(socket.inet_aton(host), sys.byteorder)
    return f"{number:08X}:{port:04X}"
