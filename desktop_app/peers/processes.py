"""Processes as they are at one moment, and their parents."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_MOST_PARENTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One process.

    Attributes:
        path: Of what runs; "" where the system does not tell.
        arguments: The command line, with the program's own name first. The process can write
            something else there.
        folder: Its working folder; "" where the system does not tell.
        root: Where the files that it sees can be looked at; "" where they are surely ours.
    """

    pid: int
    name: str
    path: str = ""
    arguments: tuple[str, ...] = ()
    folder: str = ""
    root: str = ""

    @property
    def base_name(self) -> str:
        """The executable's own name, in lower case and without ``.exe``."""
        return Path(self.path or self.name).name.lower().removesuffix(".exe")


def with_parents(process: psutil.Process) -> tuple[Running, ...]:
    """Return *process* and its parents, the nearest first.

    A parent that has ended, or whose number went to another process, ends the chain.

    Raises:
        psutil.NoSuchProcess: *process* has ended, or is another one by now.
    """
    chain = [_look(process)]
    parent = _parent(process)
    while parent is not None and len(chain) < _MOST_PARENTS:
        try:
            chain.append(_look(parent))
        except psutil.NoSuchProcess:
            break
        parent = _parent(parent)
    if not process.is_running():
        raise psutil.NoSuchProcess(process.pid)
    return tuple(chain)


def _parent(process: psutil.Process) -> psutil.Process | None:
    try:
        # psutil compares when the two began, so a number that was used again is no parent.
        parent = process.parent()
    except psutil.Error:
        return None
    return parent if parent is not None and parent.pid != 0 else None


def _look(process: psutil.Process) -> Running:
    with process.oneshot():
        return Running(
            pid=process.pid,
            name=process.name(),
            path=_path(process),
            arguments=_arguments(process),
            folder=_folder(process),
            root=f"/proc/{process.pid}/root" if sys.platform == "linux" else "",
        )


def _path(process: psutil.Process) -> str:
    with suppress(psutil.AccessDenied, psutil.ZombieProcess):
        return str(process.exe())
    return ""


def _arguments(process: psutil.Process) -> tuple[str, ...]:
    with suppress(psutil.AccessDenied, psutil.ZombieProcess):
        return tuple(process.cmdline())
    return ()


def _folder(process: psutil.Process) -> str:
    with suppress(psutil.AccessDenied, psutil.ZombieProcess):
        return str(process.cwd())
    return ""
