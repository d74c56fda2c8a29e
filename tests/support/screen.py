"""A screen that is none: Xvfb, for windows that tests open."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator

from desktop_app.window.environment import DEBUGGING_ALLOWED


@contextlib.contextmanager
def virtual_screen(size: str = "1400x1000x24") -> Iterator[str]:
    """Start an X server without a screen and yield its ``DISPLAY``."""
    readable, writable = os.pipe()
    command = ["Xvfb", "-displayfd", str(writable), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writable], stderr=subprocess.DEVNULL)
    os.close(writable)
    try:
        with os.fdopen(readable) as number:
            yield f":{number.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def window_environment(display: str, **variables: str) -> dict[str, str]:
    """The environment of a program that opens a window on *display*, which tests may drive."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAYLAND")}
    driven = {"DISPLAY": display, DEBUGGING_ALLOWED: "1", "LIBGL_ALWAYS_SOFTWARE": "1"}
    return {**kept, **driven, **variables}
