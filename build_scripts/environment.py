"""The project's own ``.venv``: made once, filled from pinned and hashed requirements."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from build_scripts.console import give_up, say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "build_scripts" / "requirements"
_OLDEST_PYTHON = (3, 11)
# The one requirement that exists as source only; see CONTRIBUTING.md, "Requirements".
_SOURCE_ONLY = "proxy-tools"
# Each set holds all of those before it.
_SETS = ("runtime", "dev")


def python() -> Path:
    """The environment's own interpreter."""
    if sys.platform == "win32":
        return VENV / "Scripts" / "python.exe"
    return VENV / "bin" / "python"


def check_python() -> None:
    """End with a sentence if this Python is too old."""
    if sys.version_info < _OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise give_up(f"Coatcheck needs Python 3.11 or newer; this is {found}.", 2)


def ensure(wanted: str) -> None:
    """Make the environment and install the set *wanted*, unless it is there already.

    Args:
        wanted: ``runtime`` or ``dev``.

    Raises:
        SystemExit: The environment could not be made or filled (exit status 1).
    """
    if is_current(wanted):
        return
    if not _works():
        say("Making the Python environment in .venv")
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    say(f"Installing the {wanted} requirements (a few minutes the first time)")
    _forget_stamps()
    _install("bootstrap")
    _install(wanted)
    _stamp(wanted).write_text(_digest(wanted), encoding="utf-8")


def is_current(wanted: str) -> bool:
    """Say whether *wanted*, or a set that holds it, is installed as the files say now."""
    larger = _SETS[_SETS.index(wanted) :]
    return python().exists() and any(_is_stamped(name) for name in larger)


def _install(name: str) -> None:
    """Install one requirements file; every file is pinned, so nothing is resolved anew."""
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]
    exactly = ["--require-hashes", "--only-binary=:all:", f"--no-binary={_SOURCE_ONLY}"]
    # Without build isolation the source is built with the pinned setuptools and wheel.
    exactly += ["--no-build-isolation", "-r", str(REQUIREMENTS / f"{name}.txt")]
    _run([str(python()), "-m", "pip", "install", *options, *exactly])


def _run(command: list[str]) -> None:
    if subprocess.run(command, stdout=sys.stderr, cwd=ROOT, check=False).returncode:
        raise give_up(f"This failed: {' '.join(command)}", 1)


def _works() -> bool:
    """Whether the environment's interpreter and its pip start; a half-made one's don't."""
    try:
        command = [str(python()), "-m", "pip", "--version"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _stamp(name: str) -> Path:
    return VENV / f".coatcheck-{name}"


def _is_stamped(name: str) -> bool:
    try:
        return _stamp(name).read_text("utf-8") == _digest(name)
    except OSError:
        return False


def _forget_stamps() -> None:
    for name in _SETS:
        _stamp(name).unlink(missing_ok=True)


def _digest(name: str) -> str:
    parts = [(REQUIREMENTS / f"{one}.txt").read_bytes() for one in ("bootstrap", name)]
    # An upgrade of the system's Python leaves the link, but not what was installed for it.
    interpreter = os.fsencode(python().resolve())
    return hashlib.sha256(b"\0".join([*parts, interpreter])).hexdigest()
