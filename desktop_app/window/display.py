"""Whether there is a screen, and whether a window of ours can open on it.

Qt without a usable display aborts the whole process, and nothing can catch that. So the
question is put to a child process: ``python -m desktop_app.window.display``.
"""

from __future__ import annotations

import contextlib
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


class Probe:
    """A child process that tries the display, while its parent does something else.

    Args:
        command: Starts a process that calls `probe`.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def window_can_open(self, timeout: float = _PROBE_SECONDS) -> bool:
        """Wait for the child and say whether it came through.

        A display server that hangs must not hang the start, hence *timeout* in seconds.
        """
        if self._child is None:
            return False
        try:
            return self._child.wait(timeout) == 0
        except subprocess.TimeoutExpired:
            return False

    def end(self) -> None:
        """End the child, if it still runs."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()


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
