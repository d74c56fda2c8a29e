"""Measure everything and print a table of ratios."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from build_scripts.bench import keeping, lending, starting
from build_scripts.bench.rounds import Ratio
from build_scripts.packaging.builder import executable, folder_size

_ROUNDS = 7
_PARTS: dict[str, tuple[Callable[[Path, int], list[Ratio]], ...]] = {
    "starting, against an interpreter that does nothing": (starting.commands,),
    "serving, against a server of nothing but Tornado and TinyDB": (
        starting.servers,
        starting.memory,
    ),
    "answering, against that server; the command, against an interpreter": (lending.answers,),
    "keeping, against bare files": (keeping.store,),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; *arguments* may say in how many rounds."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="default: %(default)s")
    rounds = parser.parse_args(arguments).rounds
    print(f"Medians of {rounds} rounds, in brackets the extremes.")
    for title, parts in _PARTS.items():
        print(title, flush=True)
        _measure(parts, rounds)
    if executable().exists():
        print(f"packaged program: {folder_size(executable().parent) / 1e6:.0f} MB")
    return 0


def _measure(parts: Sequence[Callable[[Path, int], list[Ratio]]], rounds: int) -> None:
    for part in parts:
        with tempfile.TemporaryDirectory() as folder:
            for ratio in part(Path(folder), rounds):
                print(ratio.line(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
