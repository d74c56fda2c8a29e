"""How the program starts itself, from a checkout and packaged."""

from __future__ import annotations

import sys
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_MAIN = _ROOT / "main.py"

OWN_NAME = "coatcheck"
"""What the installed command is called."""


def own_command(*arguments: str) -> list[str]:
    """Return the command line that runs Coatcheck with *arguments*."""
    # A frozen program has no Python to start a file with: it is the executable.
    start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, str(_MAIN)]
    return [*start, *arguments]


def own_scripts() -> list[Path]:
    """Return the files of this checkout that are our command when an interpreter runs them."""
    return [_MAIN, _ROOT / "build_scripts" / "dev.py"]
