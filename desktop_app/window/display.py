"""Whether there is a screen, and whether a window of ours can open on it.

Qt without a usable display aborts the whole process, and nothing can catch that. So the
question is put to a child process: ``python -m desktop_app.window.display``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

_PROBE_SECONDS = 30.0


def has_screen(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> bool:
    """Say whether this session has a screen at all; asks nothing but the environment."""
    if platform in {"win32", "darwin"}:
        return True
    variables = os.environ if environment is None else environment
    return bool(variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY"))


def can_open_window(command: Sequence[str], timeout: float = _PROBE_SECONDS) -> bool:
    """Run *command*, a child that calls `probe`, and say whether it came through.

    Args:
        command: From a checkout ``[python, "-m", "desktop_app.window.display"]``.
        timeout: Seconds; a display server that hangs must not hang the start.
    """
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def probe() -> int:
    """Load the window's libraries and connect to the display; 0 if that works.

    It may as well abort the process, which is why it runs in one of its own.
    """
    if not has_screen():
        return 1
    try:
        _load_window_library()
    except (ImportError, OSError):
        return 1
    return 0


def _load_window_library() -> None:
    if sys.platform.startswith("linux"):
        import PySide6.QtWebEngineWidgets  # noqa: F401 - the libraries it needs are loaded
        from PySide6.QtWidgets import QApplication

        QApplication([])
    else:
        import webview  # noqa: F401 - brings the platform's own web view


if __name__ == "__main__":
    sys.exit(probe())
