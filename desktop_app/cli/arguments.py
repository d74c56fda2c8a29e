"""The command line: every command and option, and nothing that is slow to import."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from desktop_app import __version__
from desktop_app.cli.command_parser import (
    Described,
    Parser,
    UsageError,
    add_command,
    add_profile,
    add_scopes,
    common,
    nothing_more,
)
from desktop_app.cli.lending_arguments import LENDING

_HELP = frozenset({"-h", "--help"})


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read *argv* (without the program's name); wrong usage exits with status 2."""
    options, command_line = _without_command_line(argv)
    try:
        arguments = _parser(options).parse_args(options)
    except UsageError as error:
        _say(error, as_json="--json" in options)
        sys.exit(2)
    if command_line is not None:
        arguments.command_line = command_line
    return arguments


def _without_command_line(argv: Sequence[str]) -> tuple[Sequence[str], list[str] | None]:
    """Part what ``run`` is to run from our own options; argparse would read on in it."""
    if "--" not in argv:
        return argv, None
    cut = list(argv).index("--")
    return (argv[:cut], list(argv[cut + 1 :])) if "run" in argv[:cut] else (argv, None)


def _say(error: UsageError, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": "invalid_request", "message": str(error)}))
    else:
        print(f"{error.usage}coatcheck: {error}", file=sys.stderr)


def _parser(words: Sequence[str]) -> Parser:
    """Return the parser for a command line with *words* in it.

    Made are the parts that it can need: all of them take longer than the rest of a command's start.
    """
    parser = Parser(
        prog="coatcheck",
        parents=[common()],
        allow_abbrev=False,
        description="Keeps your sign-ins on your own disk and lends them with your say.",
    )
    parser.add_argument("--version", action="version", version=f"coatcheck {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in _needed(words):
        text, add_arguments = COMMANDS[name]
        add_arguments(add_command(commands, name, text))
    return parser


def _needed(words: Sequence[str]) -> Sequence[str]:
    """One of the words is the command, if they hold any; help is of all commands."""
    named = [name for name in COMMANDS if name in words]
    return list(COMMANDS) if not named or _HELP & set(words) else named


def _sign_in(parser: Parser) -> None:
    parser.add_argument("provider", metavar="PROVIDER")
    add_scopes(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--device", action="store_const", const="device", dest="flow")
    how.add_argument("--paste", action="store_const", const="paste", dest="flow")


def _token(parser: Parser) -> None:
    add_profile(parser)
    parser.add_argument("--min-valid", type=int, metavar="SECONDS")


def _oauth1_sign(parser: Parser) -> None:
    parser.add_argument("profile", metavar="PROFILE")
    parser.add_argument("method", metavar="METHOD")
    parser.add_argument("url", metavar="URL")


def _revoke(parser: Parser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("profile", metavar="PROFILE", nargs="?")
    which.add_argument("--all", action="store_true", dest="everything")


def _backup(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="a new file, or - for standard output")
    parser.add_argument("--replace", action="store_true", help="also if FILE is there already")


def _restore(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="a backup")
    parser.add_argument(
        "--preview", action="store_true", help="say what it would do, change nothing"
    )


COMMANDS: dict[str, Described] = {
    "sign-in": ("sign in at a provider through your browser", _sign_in),
    "token": ("print an access token and nothing else", _token),
    "oauth1-sign": ("print an OAuth 1.0a Authorization header", _oauth1_sign),
    "revoke": ("take a permission back at its provider", _revoke),
    "providers": ("list the providers", nothing_more),
    "profiles": ("list the accounts", nothing_more),
    **LENDING,
    "demo": ("the whole story with the built-in services, without internet", nothing_more),
    "status": ("say whether Coatcheck runs and is unlocked", nothing_more),
    "lock": ("lock it", nothing_more),
    "unlock": ("unlock it", nothing_more),
    "backup": ("seal everything with a passphrase, in one file", _backup),
    "restore": ("take over what is new in a backup", _restore),
    "doctor": ("look for what may go wrong on this machine", nothing_more),
}
"""Every command, in the order of ``--help``."""
