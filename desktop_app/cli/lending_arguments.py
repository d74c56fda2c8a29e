"""The command line of everything that has to do with lending."""

from __future__ import annotations

import argparse
import re

from desktop_app.cli.command_parser import Commands, add_command, add_profile

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OUTPUTS = frozenset({1, 2})


def add_lending_commands(commands: Commands) -> None:
    """Add the commands that hand a token on, and those that say who may have one."""
    _add_run(commands)
    _add_sasl(commands)
    git = add_command(commands, "git-credential", "answer git as its credential helper")
    # Any other word is ignored, as git wants it of a helper: it may be one of a later git.
    git.add_argument("operation", metavar="get|store|erase")


def _add_run(commands: Commands) -> None:
    run = add_command(commands, "run", "run a command with a token in its environment alone")
    run.usage = "coatcheck run PROFILE [--env NAME | --fd N] [--scope S]… -- COMMAND …"
    add_profile(run)
    run.add_argument("--min-valid", type=int, metavar="SECONDS")
    where = run.add_mutually_exclusive_group()
    where.add_argument("--env", type=_variable, metavar="NAME", default="ACCESS_TOKEN")
    where.add_argument("--fd", type=_descriptor, metavar="N", help="to be read once, to its end")
    run.set_defaults(command_line=[])


def _add_sasl(commands: Commands) -> None:
    sasl = add_command(commands, "sasl", "print what a mail program shows a server, in base64")
    sasl.add_argument("mechanism", choices=("xoauth2", "oauthbearer"), metavar="MECHANISM")
    add_profile(sasl)
    sasl.add_argument("--user", metavar="U")
    sasl.add_argument("--host", metavar="H")


def _variable(text: str) -> str:
    if not _VARIABLE.fullmatch(text):
        raise argparse.ArgumentTypeError("a variable has letters, digits and _")
    return text


def _descriptor(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if number < 0 or number in _OUTPUTS:
        raise argparse.ArgumentTypeError("a descriptor to read from is 0, or 3 and up")
    return number
