"""The command line of everything that has to do with lending."""

from __future__ import annotations

import argparse
import re

from desktop_app.cli.command_parser import Described, Parser, add_profile, nothing_more

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OUTPUTS = frozenset({1, 2})


def _git_credential(parser: Parser) -> None:
    # Any other word is ignored, as git wants it of a helper: it may be one of a later git.
    parser.add_argument("operation", metavar="get|store|erase")


def _mcp(parser: Parser) -> None:
    parser.add_argument("url", metavar="URL")


def _run(parser: Parser) -> None:
    parser.usage = "coatcheck run PROFILE [--env NAME | --fd N] [--scope S]… -- COMMAND …"
    add_profile(parser)
    parser.add_argument("--min-valid", type=int, metavar="SECONDS")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--env", type=_variable, metavar="NAME", default="ACCESS_TOKEN")
    where.add_argument("--fd", type=_descriptor, metavar="N", help="to be read once, to its end")
    parser.set_defaults(command_line=[])


def _setup(parser: Parser) -> None:
    parser.add_argument("recipe", choices=("git", "mail", "rclone"), metavar="git|mail|rclone")
    parser.add_argument("profile", metavar="PROFILE", nargs="?", help="this account alone")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--print", action="store_true", help="show the recipe, change nothing")
    how.add_argument("--remove", action="store_true", help="undo what was set up")
    parser.add_argument("--imap", metavar="HOST[:PORT]")
    parser.add_argument("--smtp", metavar="HOST[:PORT]")
    parser.add_argument("--url", metavar="ADDRESS", help="of your files, for rclone")


def _allow(parser: Parser) -> None:
    parser.add_argument("program", metavar="PROGRAM")
    add_profile(parser)
    parser.add_argument(
        "--for", choices=("once", "1h", "always"), metavar="DURATION", dest="duration"
    )


def _deny(parser: Parser) -> None:
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("profile", metavar="PROFILE")


def _activity(parser: Parser) -> None:
    parser.add_argument("--profile", metavar="PROFILE", default="")
    parser.add_argument("--program", metavar="NAME", default="", help="part of a name or path")
    parser.add_argument("--outcome", metavar="WORD", default="", help="such as given or denied")
    parser.add_argument("--offset", type=_number, metavar="N", default=0)
    parser.add_argument("--limit", type=_number, metavar="N")
    parser.add_argument("--csv", action="store_true", help="every entry, for a spreadsheet")
    parser.add_argument("--verify", action="store_true", help="check that it was not altered")


def _sasl(parser: Parser) -> None:
    parser.add_argument("mechanism", choices=("xoauth2", "oauthbearer"), metavar="MECHANISM")
    add_profile(parser)
    parser.add_argument("--user", metavar="U")
    parser.add_argument("--host", metavar="H")


def _variable(text: str) -> str:
    if not _VARIABLE.fullmatch(text):
        raise argparse.ArgumentTypeError("a variable has letters, digits and _")
    return text


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("that is no number")
    return int(text)


def _descriptor(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if number < 0 or number in _OUTPUTS:
        raise argparse.ArgumentTypeError("a descriptor to read from is 0, or 3 and up")
    return number


LENDING: dict[str, Described] = {
    "run": ("run a command with a token in its environment alone", _run),
    "sasl": ("print what a mail program shows a server, in base64", _sasl),
    "git-credential": ("answer git as its credential helper", _git_credential),
    "setup": ("tell git, mail programs or rclone to ask Coatcheck", _setup),
    "allow": ("let a program borrow from an account", _allow),
    "deny": ("keep a program away from an account", _deny),
    "programs": ("list who may borrow what until when", nothing_more),
    "mcp": ("bridge an assistant to a remote MCP server", _mcp),
    "activity": ("show who took what, when", _activity),
}
"""The commands that hand a token on, and those that say who may have one."""
