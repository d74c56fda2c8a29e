"""The command line: every command and option, and nothing that is slow to import."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import NoReturn

from desktop_app import __version__

_HIGHEST_PORT = 65535
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

LATER = (
    *("activity", "allow", "backup", "deny", "git-credential", "mcp"),
    *("programs", "restore", "run", "sasl", "setup"),
)
"""Commands that are promised and not there yet; they say so, whatever follows them."""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read *argv* (without the program's name); wrong usage exits with status 2."""
    parser = _parser()
    try:
        return parser.parse_args(argv)
    except _UsageError as error:
        _say(error, as_json="--json" in argv)
        sys.exit(2)


class _UsageError(Exception):
    """Wrong usage: a sentence, and how it would be right."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting: ``--json`` wants the error in another way."""
        # Of commands, --help has the better list: without those that are not there yet.
        if message.startswith("argument COMMAND"):
            message = message.partition(" (choose from")[0]
        raise _UsageError(message, self.format_usage())


def _say(error: _UsageError, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": "invalid_request", "message": str(error)}))
    else:
        print(f"{error.usage}coatcheck: {error}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="coatcheck",
        parents=[_common()],
        allow_abbrev=False,
        description="Keeps your sign-ins on your own disk and lends them with your say.",
    )
    parser.add_argument("--version", action="version", version=f"coatcheck {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_account_commands(commands)
    _add_program_commands(commands)
    for name in LATER:
        commands.add_parser(name, add_help=False, prefix_chars="\0").add_argument(
            "ignored", nargs="*"
        )
    return parser


def _common() -> _Parser:
    """Options that stand before or after the command.

    Their defaults are suppressed, so that a command's parser does not undo what stood before.
    """
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--data-dir", metavar="DIR", help="where everything is kept")
    common.add_argument("--no-window", action="store_true", help="serve without a window")
    common.add_argument("--port", type=_port, metavar="N", help="0 (default): any free port")
    common.add_argument("--key-file", metavar="FILE", help="keep the data key in this file")
    common.add_argument(
        "--passphrase-stdin", action="store_true", help="unlock with standard input's first line"
    )
    common.add_argument("--no-browser", action="store_true", help="never open the browser")
    common.add_argument("--no-start", action="store_true", help="do not start the program")
    common.add_argument("--json", action="store_true", help="print the API's answer")
    common.add_argument("--log-level", type=str.upper, choices=LEVELS, metavar="LEVEL")
    return common


def _add_account_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    sign_in = _add(commands, "sign-in", "sign in at a provider through your browser")
    sign_in.add_argument("provider", metavar="PROVIDER")
    sign_in.add_argument("--scope", action="append", metavar="S", dest="scopes")
    how = sign_in.add_mutually_exclusive_group()
    how.add_argument("--device", action="store_const", const="device", dest="flow")
    how.add_argument("--paste", action="store_const", const="paste", dest="flow")
    token = _add(commands, "token", "print an access token and nothing else")
    token.add_argument("profile", metavar="PROFILE")
    token.add_argument("--scope", action="append", metavar="S", dest="scopes")
    token.add_argument("--min-valid", type=int, metavar="SECONDS")
    signing = _add(commands, "oauth1-sign", "print an OAuth 1.0a Authorization header")
    signing.add_argument("profile", metavar="PROFILE")
    signing.add_argument("method", metavar="METHOD")
    signing.add_argument("url", metavar="URL")
    revoke = _add(commands, "revoke", "take a permission back at its provider")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("profile", metavar="PROFILE", nargs="?")
    which.add_argument("--all", action="store_true", dest="everything")
    _add(commands, "providers", "list the providers")
    _add(commands, "profiles", "list the accounts")


def _add_program_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    _add(commands, "demo", "the whole story with the built-in services, without internet")
    _add(commands, "status", "say whether Coatcheck runs and is unlocked")
    _add(commands, "lock", "lock it")
    _add(commands, "unlock", "unlock it")
    _add(commands, "doctor", "look for what may go wrong on this machine")


def _add(commands: argparse._SubParsersAction[_Parser], name: str, text: str) -> _Parser:
    return commands.add_parser(
        name, help=text, description=text, parents=[_common()], allow_abbrev=False
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)
