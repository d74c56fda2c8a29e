"""``dev.py run``: the window where one can open, else the browser, else the demo and a server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from build_scripts.console import say
from build_scripts.environment import ROOT, python

_OPTIONS_WITH_VALUE = {"--data-dir", "--port", "--key-file", "--log-level"}
_NO_WINDOW = {"--no-window", "--help", "-h", "--version"}
_OPENER = "desktop_app.window.opener"
_DISPLAY = "desktop_app.window.display"


def opens_window(arguments: Sequence[str]) -> bool:
    """Say whether ``main.py ARGUMENTS`` is to open the window: no command, no ``--no-window``."""
    rest = iter(arguments)
    for argument in rest:
        if argument in _OPTIONS_WITH_VALUE:
            next(rest, None)
        elif argument in _NO_WINDOW or not argument.startswith("-"):
            return False
    return True


def has_screen() -> bool:
    """Say whether this session has a screen, from the environment alone."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: Sequence[str]) -> NoReturn:
    """Run ``main.py ARGUMENTS`` and end with its exit status."""
    if not opens_window(arguments):
        become(["main.py", *arguments])
    if not has_screen():
        _demo_then_serve(arguments)
    if _window_works():
        become(["main.py", *arguments])
    say("No web view can run here, so Coatcheck opens in your browser.")
    sys.exit(_serve_in_browser(arguments))


def become(arguments: Sequence[str]) -> NoReturn:
    """Let the environment's Python with *arguments* take this process's place.

    Where that can't be (Windows), wait for it and end as it ends.
    """
    command = [str(python()), *arguments]
    os.chdir(ROOT)
    sys.stdout.flush()
    if sys.platform == "win32":
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)  # noqa: S606 - that is the point


def _window_works() -> bool:
    """Ask in a child: Qt without a usable display aborts the process that tries it."""
    command = [str(python()), "-m", _DISPLAY]
    quiet = subprocess.DEVNULL
    try:
        probe = subprocess.run(
            command, cwd=ROOT, stdout=quiet, stderr=quiet, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return probe.returncode == 0


def _demo_then_serve(arguments: Sequence[str]) -> NoReturn:
    say("There is no screen here, so no window can open. This is the demo instead:")
    demo = subprocess.run([str(python()), "main.py", "demo"], cwd=ROOT, check=False)
    if demo.returncode:
        sys.exit(demo.returncode)
    say("Now serving without a window. Open the address below in a browser; Ctrl+C ends it.")
    become(["main.py", "--no-window", *arguments])


def _serve_in_browser(arguments: Sequence[str]) -> int:
    """Serve without a window, hand the ready line to the browser's opener, and wait."""
    command = [str(python()), "main.py", "--no-window", *arguments]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _frame: server.send_signal(number))
    line = server.stdout.readline() if server.stdout else ""
    if line:
        _open(line)
    return server.wait()


def _open(line: str) -> None:
    """Open the ready line's address; by standard input, since others can read a command line."""
    opener = subprocess.run(
        [str(python()), "-m", _OPENER], cwd=ROOT, input=line, text=True, check=False
    )
    if opener.returncode:
        say(f"No browser could be opened. Open this address yourself: {json.loads(line)['url']}")
