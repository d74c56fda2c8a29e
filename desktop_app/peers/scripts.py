"""The file behind what an interpreter was told to run."""

from __future__ import annotations

import os
from pathlib import Path

from desktop_app.peers.command_line import Ran
from desktop_app.peers.processes import Running


def script_path(running: Running, ran: Ran) -> Path | None:
    """Return the script that *running* runs, links resolved; None if it is no file."""
    if ran.how != "file":
        return None
    try:
        path = Path(os.path.realpath(Path(running.folder or "/") / ran.what))
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None
