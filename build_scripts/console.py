"""What the developers' commands say: always on standard error, never on the program's output."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Print one line about what is going on."""
    print(text, file=sys.stderr, flush=True)


def give_up(text: str, code: int) -> SystemExit:
    """Print *text* and return what to raise to end with exit status *code*."""
    say(text)
    return SystemExit(code)
