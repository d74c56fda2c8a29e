"""What the program starts of itself: a frozen one has no Python to start modules with."""

from __future__ import annotations

import sys
from collections.abc import Callable


def _probe_display() -> int:
    from desktop_app.window.display import probe

    return probe()


def _show_window() -> int:
    from desktop_app.window.child import run_as_child

    return run_as_child(sys.stdin)


def _print_photos() -> int:
    from desktop_app.demo.printing_service.__main__ import main

    return main()


def _seal_or_open() -> int:
    from desktop_app.composition.sealing import run

    return run(sys.stdin.buffer, sys.stdout.buffer)


INTERNAL: dict[str, Callable[[], int]] = {
    "probe-display": _probe_display,
    "show-window": _show_window,
    "printing-service": _print_photos,
    "age-file": _seal_or_open,
}
"""Commands that are no part of the interface; each does one thing in a process of its own."""
