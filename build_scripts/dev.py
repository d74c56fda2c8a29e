#!/usr/bin/env python3
"""Everything a developer does, on a machine with nothing but Python.

    python3 build_scripts/dev.py run [-- ARGS]    set up, then run main.py ARGS
    python3 build_scripts/dev.py test [ARGS]      set up, then run the tests with pytest's ARGS;
                                                  without a path all of them, side by side
    python3 build_scripts/dev.py lint             style, format and types
    python3 build_scripts/dev.py build            make the packaged program in dist/
    python3 build_scripts/dev.py bench            measure, as ratios in one run

Uses the standard library alone; its own words go to standard error.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from build_scripts import environment, launch, system_packages
from build_scripts.console import say

# A file's tests stay together, for what they share, and files in their order, for the same load
# on every machine. More than a few windows and browsers at once would only wait for one another.
_SIDE_BY_SIDE = ("-n", "logical", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder")
_LINTERS = (
    ["-m", "ruff", "check", "."],
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "mypy"],
)


def run(arguments: Sequence[str]) -> int:
    """Set up and run the program."""
    given = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    needs = system_packages.for_setup()
    if launch.has_screen() and launch.opens_window(given):
        needs += system_packages.for_window()
    _set_up("runtime", needs)
    launch.run(given)


def test(arguments: Sequence[str]) -> int:
    """Set up and run the tests; pytest has the last word."""
    _set_up("dev", [*system_packages.for_setup(), *system_packages.for_tests()])
    given = [] if names_tests(arguments) else _SIDE_BY_SIDE
    launch.become(["-m", "pytest", *given, *arguments])


def names_tests(arguments: Sequence[str]) -> bool:
    """Say whether pytest's *arguments* name a file, a folder or a test: not the whole suite."""
    paths = (Path(argument.partition("::")[0]) for argument in arguments if argument)
    return any((environment.ROOT / path).exists() for path in paths)


def lint(arguments: Sequence[str]) -> int:
    """Run every linter, also after one has found something."""
    _no(arguments)
    _set_up("dev", system_packages.for_setup())
    return max([_python(command) for command in _LINTERS])


def build(arguments: Sequence[str]) -> int:
    """Make the packaged program."""
    _set_up("dev", [*system_packages.for_setup(), *system_packages.for_build()])
    launch.become(["-m", "build_scripts.packaging", *arguments])


def bench(arguments: Sequence[str]) -> int:
    """Measure."""
    _set_up("dev", system_packages.for_setup())
    launch.become(["-m", "build_scripts.bench", *arguments])


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "lint": lint,
    "build": build,
    "bench": bench,
}


def main(arguments: Sequence[str]) -> int:
    """Do what *arguments* say and return the exit status."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        say(__doc__ or "")
        return 2
    environment.check_python()
    return COMMANDS[arguments[0]](arguments[1:])


def _set_up(wanted: str, needs: Sequence[system_packages.Need]) -> None:
    system_packages.ensure(needs)
    environment.ensure(wanted)


def _no(arguments: Sequence[str]) -> None:
    if arguments:
        say(f"Unknown arguments: {' '.join(arguments)}")
        raise SystemExit(2)


def _python(arguments: Sequence[str]) -> int:
    command = [str(environment.python()), *arguments]
    return subprocess.run(command, cwd=environment.ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
