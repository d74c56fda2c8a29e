"""``runtime.json``: how commands and other programs find the running Coatcheck."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What ``runtime.json`` says while Coatcheck runs.

    Attributes:
        url: Base address, without a ticket.
        socket: Path of the Unix socket, or "" where the platform has none.
        api_key: Lets a program of the same user in over the port.
        started_at: RFC 3339, UTC.
    """

    pid: int
    url: str
    port: int
    socket: str
    api_key: str = field(repr=False)
    version: str
    started_at: str


def write_runtime(path: Path, runtime: Runtime) -> None:
    """Write *runtime* so that a reader sees all of it or nothing, mode 0600."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(runtime), file)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def read_runtime(path: Path) -> Runtime | None:
    """Return what *path* says, or None if it is not there or is not one of ours."""
    try:
        found = json.loads(path.read_text("utf-8"))
        names = Runtime.__dataclass_fields__
        return Runtime(**{name: found[name] for name in names})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove_runtime(path: Path, *, pid: int) -> None:
    """Remove *path* if it is that of the program *pid*; a later start's file stays."""
    found = read_runtime(path)
    if found is not None and found.pid == pid:
        path.unlink(missing_ok=True)
