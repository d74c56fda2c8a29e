"""``dev.py run``: the program with its window, or without any screen the demo and a server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from build_scripts.console import say
from build_scripts.environment import ROOT, python

_OPTIONS_WITH_VALUE = {"--data-dir", "--port", "--key-file", "--log-level"}
_NO_WINDOW = {"--no-window", "--help", "-h", "--version"}


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
    """Run ``main.py ARGUMENTS`` and end with its exit status.

    The program itself goes to the person's browser where no web view works. Without any screen
    there would be nothing to see, so the demo is played first.
    """
    if opens_window(arguments) and not has_screen():
        _play_demo()
        say("Now serving without a window. Open the address below in a browser; Ctrl+C ends it.")
        become(["main.py", "--no-window", *arguments])
    become(["main.py", *arguments])


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


def _play_demo() -> None:
    say("There is no screen here, so no window can open. This is the demo instead:")
    demo = subprocess.run([str(python()), "main.py", "demo"], cwd=ROOT, check=False)
    if demo.returncode:
        sys.exit(demo.returncode)
