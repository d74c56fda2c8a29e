"""Coatcheck: parse the command line and hand over."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Run Coatcheck with *argv* (without the program's name) and return the exit status."""
    # Whatever we make is ours alone, from the first file on.
    os.umask(0o077)
    from desktop_app.start.internal import INTERNAL

    if argv and argv[0] in INTERNAL:
        return INTERNAL[argv[0]]()
    from desktop_app.cli.arguments import parse
    from desktop_app.config import read_config

    arguments = parse(argv)
    config = read_config(arguments, os.environ)
    from desktop_app.cli import commands

    if arguments.command in commands.COMMANDS:
        return commands.run(arguments, config)
    from desktop_app.start.command import start

    return start(arguments, config)


def _run() -> int:
    try:
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not flush once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


if __name__ == "__main__":
    from desktop_app.start.leaving import leave

    leave(_run())
