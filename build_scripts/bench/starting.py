"""Starts: commands against a bare interpreter, the server against a plain one."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

from build_scripts.bench.children import MAIN, Child, coatcheck, data_options, plain_server, run
from build_scripts.bench.rounds import Measure, Ratio, compare, seconds, timed

_BARE = [sys.executable, "-c", "pass"]
_Serving = Callable[[Path], contextlib.AbstractContextManager[Child]]


def commands(folder: Path, rounds: int) -> list[Ratio]:
    """Compare commands that need no running program with an interpreter that does nothing."""
    things = {
        "main.py --version": [*MAIN, "--version"],
        "main.py status, nothing runs": [*MAIN, *data_options(folder), "status"],
    }
    return compare(bare_interpreter(), _runs(things), rounds=rounds)


def bare_interpreter() -> Measure:
    """Return the measure of an interpreter that starts and ends."""
    return timed(lambda: run(_BARE))


def servers(folder: Path, rounds: int) -> list[Ratio]:
    """Compare the time until the server is ready with that of a plain one."""
    with coatcheck(folder):
        pass  # Makes the vault, so that every measured start is an ordinary one.
    ready = {"main.py --no-window, until it is ready": _until_ready(coatcheck, folder)}
    return compare(_until_ready(plain_server, folder), ready, rounds=rounds)


def memory(folder: Path, rounds: int) -> list[Ratio]:
    """Compare the server's own memory with that of a plain one."""
    ready = {"main.py --no-window, memory when ready": _memory(coatcheck, folder)}
    return compare(_memory(plain_server, folder), ready, rounds=rounds)


def _runs(commands: dict[str, list[str]]) -> dict[str, Measure]:
    return {name: timed(lambda command=command: run(command)) for name, command in commands.items()}


def _until_ready(serve: _Serving, folder: Path) -> Measure:
    def measure() -> float:
        with contextlib.ExitStack() as stack:
            return seconds(lambda: stack.enter_context(serve(folder)))

    return measure


def _memory(serve: _Serving, folder: Path) -> Measure:
    def measure() -> float:
        with serve(folder) as child:
            return float(child.memory)

    return measure
