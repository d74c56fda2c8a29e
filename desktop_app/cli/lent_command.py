"""``coatcheck run``: a command with a token in its environment or behind a descriptor."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from desktop_app.cli.borrowing import borrow, wrong_usage
from desktop_app.cli.running import reach
from desktop_app.cli.surroundings import surroundings
from desktop_app.config import Config

_NOT_FOUND = 127
_NOT_EXECUTABLE = 126


def run(arguments: argparse.Namespace, config: Config) -> int:
    """Run the command with the token and become it, so that its signals and status are its own."""
    if not arguments.command_line:
        raise wrong_usage("Say what to run after “--”: coatcheck run PROFILE -- COMMAND …")
    answer = borrow(
        reach(config),
        arguments.profile,
        scopes=arguments.scopes,
        min_valid_seconds=arguments.min_valid,
    )
    environment = surroundings()
    if arguments.fd is None:
        environment[arguments.env] = answer["access_token"]
    else:
        _offer(answer["access_token"], arguments.fd)
    return _become(arguments.command_line, environment)


def _offer(token: str, descriptor: int) -> None:
    """Put *token* behind *descriptor*, to be read once, to its end.

    Raises:
        ApiError: There is no such descriptor to be had.
    """
    reading, writing = os.pipe()
    # A pipe takes it whole at once; with nobody there to read yet, more would wait for ever.
    os.set_blocking(writing, False)
    try:
        if os.write(writing, token.encode()) != len(token.encode()):
            raise wrong_usage("The token is too long for a descriptor: use --env.")
        if reading == descriptor:
            os.set_inheritable(reading, True)
        else:
            os.dup2(reading, descriptor)
            os.close(reading)
    except OSError as error:
        message = f"Descriptor {descriptor} can't be used: {error.strerror}."
        raise wrong_usage(message) from error
    finally:
        # Where the person's number was that of our writing end, dup2 has closed it already.
        if writing != descriptor:
            os.close(writing)


def _become(command: Sequence[str], environment: dict[str, str]) -> int:
    if sys.platform == "win32":
        return _wait_for(command, environment)
    try:
        _replace(command, environment)
    except FileNotFoundError:
        print(f"coatcheck: there is no command {command[0]}", file=sys.stderr)
        return _NOT_FOUND
    except OSError as error:
        print(f"coatcheck: {command[0]} can't be run: {error.strerror}", file=sys.stderr)
        return _NOT_EXECUTABLE


def _replace(command: Sequence[str], environment: dict[str, str]) -> NoReturn:
    # Python ignores these for itself; a command that inherits that never ends in a closed pipe.
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    sys.stdout.flush()
    os.execvpe(command[0], list(command), environment)  # noqa: S606 - what the person typed


def _wait_for(command: Sequence[str], environment: dict[str, str]) -> int:
    """Where a process can't become another, wait for it; it gets Ctrl-C by itself."""
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    except OSError as error:
        print(f"coatcheck: {command[0]} can't be run: {error.strerror}", file=sys.stderr)
        return _NOT_FOUND
