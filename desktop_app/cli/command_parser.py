"""The parser that every command shares, and the options that stand with all of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn, TypeAlias

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_HIGHEST_PORT = 65535


class UsageError(Exception):
    """Wrong usage: a sentence, and how it would be right."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """Raises instead of exiting: ``--json`` wants the error in another way."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong.

        Raises:
            UsageError: Always.
        """
        # Of commands, --help has the better list: argparse has made a part of them.
        if message.startswith("argument COMMAND"):
            message = message.partition(" (choose from")[0]
        raise UsageError(message, self.format_usage())


# argparse has no other name for it, and none at run time.
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
Described: TypeAlias = tuple[str, Callable[[Parser], object]]
"""A command: what it does, and what adds its arguments to its parser."""


def common() -> Parser:
    """Return the options that stand before or after the command.

    Their defaults are suppressed, so that a command's parser does not undo what stood before.
    """
    parser = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("--data-dir", metavar="DIR", help="where everything is kept")
    parser.add_argument("--no-window", action="store_true", help="serve without a window")
    parser.add_argument("--port", type=port, metavar="N", help="0 (default): any free port")
    parser.add_argument("--key-file", metavar="FILE", help="keep the data key in this file")
    parser.add_argument(
        "--passphrase-stdin", action="store_true", help="unlock with standard input's first line"
    )
    parser.add_argument("--no-browser", action="store_true", help="never open the browser")
    parser.add_argument("--no-start", action="store_true", help="do not start the program")
    parser.add_argument("--json", action="store_true", help="print the API's answer")
    parser.add_argument("--log-level", type=str.upper, choices=LEVELS, metavar="LEVEL")
    return parser


def add_command(commands: Commands, name: str, text: str) -> Parser:
    """Add the command *name*; its options stand before or after it."""
    return commands.add_parser(
        name, help=text, description=text, parents=[common()], allow_abbrev=False
    )


def nothing_more(parser: Parser) -> None:
    """Add no argument: the command has its name alone."""


def add_profile(parser: Parser) -> None:
    """Add the account, and what its token has to be able to do."""
    parser.add_argument("profile", metavar="PROFILE")
    add_scopes(parser)


def add_scopes(parser: Parser) -> None:
    """Add ``--scope``, which may be given several times."""
    parser.add_argument("--scope", action="append", metavar="S", dest="scopes")


def port(text: str) -> int:
    """Return the port number that *text* is.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    if not text.isascii() or not text.isdigit() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)
