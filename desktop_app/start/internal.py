"""What the program starts of itself: a frozen one has no Python to start modules with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

_MAIN = Path(__file__).parents[2] / "main.py"


def internal_command(name: str) -> list[str]:
    """Return the command line that runs the internal command *name*."""
    start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, str(_MAIN)]
    return [*start, name]


def _probe_display() -> int:
    from desktop_app.window.display import probe

    return probe()


def _show_window() -> int:
    from desktop_app.window.child import run_as_child

    return run_as_child(sys.stdin)


def _print_photos() -> int:
    from desktop_app.demo.printing_service.__main__ import main

    return main()


INTERNAL: dict[str, Callable[[], int]] = {
    "probe-display": _probe_display,
    "show-window": _show_window,
    "printing-service": _print_photos,
}
"""Commands that are no part of the interface; each does one thing in a process of its own."""
