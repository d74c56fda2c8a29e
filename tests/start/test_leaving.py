from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = "sys.modules['PySide6.QtWebEngineCore'] = sys"
BROKEN_END = "atexit.register(os.abort)"
SAYING = "print('done'); print('all', end='', file=sys.stderr); leave(5)"


def run(*steps: str) -> subprocess.CompletedProcess[str]:
    """A process that leaves; its output is buffered, because it goes into a pipe."""
    script = ["import atexit, os, sys", "from desktop_app.start.leaving import leave", *steps]
    command = [sys.executable, "-c", "\n".join(script)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_leaving_gives_the_status_and_writes_what_was_printed() -> None:
    left = run(SAYING)
    assert (left.returncode, left.stdout, left.stderr) == (5, "done\n", "all")


def test_the_web_engine_is_not_taken_apart_on_leaving() -> None:
    """Its objects, destroyed in any order, ended a program that had worked with a crash."""
    left = run(ENGINE, BROKEN_END, SAYING)
    assert (left.returncode, left.stdout, left.stderr) == (5, "done\n", "all")


def test_without_a_web_engine_everything_ends_as_usual() -> None:
    left = run("atexit.register(lambda: print('bye'))", SAYING)
    assert (left.returncode, left.stdout) == (5, "done\nbye\n")


def test_a_second_wish_to_end_changes_nothing_any_more() -> None:
    """The interpreter takes a moment for its own ending, and a signal then was a failure."""
    left = run("import signal", "atexit.register(signal.raise_signal, signal.SIGTERM)", SAYING)
    assert left.returncode == 5
