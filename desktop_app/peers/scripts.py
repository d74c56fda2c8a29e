"""The file behind what an interpreter was told to run."""

from __future__ import annotations

import os
from pathlib import Path

from desktop_app.peers.command_line import Ran
from desktop_app.peers.processes import Running


def script_path(running: Running, ran: Ran) -> Path | None:
    """Return the script that *running* runs, links resolved; None if it is no file here.

    In a container, another file may stand at the same path: that one is not looked for, and
    must not be taken for ours.
    """
    if ran.how != "file":
        return None
    try:
        path = Path(os.path.realpath(Path(running.folder or "/") / ran.what))
        return path if path.is_file() and _is_seen(running, path) else None
    except (OSError, ValueError):
        return None


def _is_seen(running: Running, path: Path) -> bool:
    """Tell whether *running* finds the same file at *path* as we do."""
    return not running.root or path.samefile(f"{running.root}{path}")
