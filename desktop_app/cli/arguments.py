"""The command line: every command and option, and nothing that is slow to import."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from desktop_app import __version__
from desktop_app.cli.command_parser import (
    Commands,
    Parser,
    UsageError,
    add_command,
    add_profile,
    add_scopes,
    common,
)
from desktop_app.cli.lending_arguments import add_lending_commands

LATER = ("backup", "restore")
"""Commands that are promised and not there yet; they say so, whatever follows them."""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read *argv* (without the program's name); wrong usage exits with status 2."""
    options, command_line = _without_command_line(argv)
    try:
        arguments = _parser().parse_args(options)
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


def _parser() -> Parser:
    parser = Parser(
        prog="coatcheck",
        parents=[common()],
        allow_abbrev=False,
        description="Keeps your sign-ins on your own disk and lends them with your say.",
    )
    parser.add_argument("--version", action="version", version=f"coatcheck {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_account_commands(commands)
    add_lending_commands(commands)
    _add_program_commands(commands)
    for name in LATER:
        commands.add_parser(name, add_help=False, prefix_chars="\0").add_argument(
            "ignored", nargs="*"
        )
    return parser


def _add_account_commands(commands: Commands) -> None:
    sign_in = add_command(commands, "sign-in", "sign in at a provider through your browser")
    sign_in.add_argument("provider", metavar="PROVIDER")
    add_scopes(sign_in)
    how = sign_in.add_mutually_exclusive_group()
    how.add_argument("--device", action="store_const", const="device", dest="flow")
    how.add_argument("--paste", action="store_const", const="paste", dest="flow")
    token = add_command(commands, "token", "print an access token and nothing else")
    add_profile(token)
    token.add_argument("--min-valid", type=int, metavar="SECONDS")
    signing = add_command(commands, "oauth1-sign", "print an OAuth 1.0a Authorization header")
    signing.add_argument("profile", metavar="PROFILE")
    signing.add_argument("method", metavar="METHOD")
    signing.add_argument("url", metavar="URL")
    revoke = add_command(commands, "revoke", "take a permission back at its provider")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("profile", metavar="PROFILE", nargs="?")
    which.add_argument("--all", action="store_true", dest="everything")
    add_command(commands, "providers", "list the providers")
    add_command(commands, "profiles", "list the accounts")


def _add_program_commands(commands: Commands) -> None:
    add_command(commands, "demo", "the whole story with the built-in services, without internet")
    add_command(commands, "status", "say whether Coatcheck runs and is unlocked")
    add_command(commands, "lock", "lock it")
    add_command(commands, "unlock", "unlock it")
    add_command(commands, "doctor", "look for what may go wrong on this machine")
