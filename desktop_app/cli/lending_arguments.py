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
    _add_setup(commands)
    _add_rules(commands)
    bridge = add_command(commands, "mcp", "bridge an assistant to a remote MCP server")
    bridge.add_argument("url", metavar="URL")
    _add_activity(commands)
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


def _add_setup(commands: Commands) -> None:
    setup = add_command(commands, "setup", "tell git, mail programs or rclone to ask Coatcheck")
    setup.add_argument("recipe", choices=("git", "mail", "rclone"), metavar="git|mail|rclone")
    setup.add_argument("profile", metavar="PROFILE", nargs="?", help="this account alone")
    how = setup.add_mutually_exclusive_group()
    how.add_argument("--print", action="store_true", help="show the recipe, change nothing")
    how.add_argument("--remove", action="store_true", help="undo what was set up")
    setup.add_argument("--imap", metavar="HOST[:PORT]")
    setup.add_argument("--smtp", metavar="HOST[:PORT]")
    setup.add_argument("--url", metavar="ADDRESS", help="of your files, for rclone")


def _add_rules(commands: Commands) -> None:
    allow = add_command(commands, "allow", "let a program borrow from an account")
    allow.add_argument("program", metavar="PROGRAM")
    add_profile(allow)
    allow.add_argument(
        "--for", choices=("once", "1h", "always"), metavar="DURATION", dest="duration"
    )
    deny = add_command(commands, "deny", "keep a program away from an account")
    deny.add_argument("program", metavar="PROGRAM")
    deny.add_argument("profile", metavar="PROFILE")
    add_command(commands, "programs", "list who may borrow what until when")


def _add_activity(commands: Commands) -> None:
    activity = add_command(commands, "activity", "show who took what, when")
    activity.add_argument("--profile", metavar="PROFILE", default="")
    activity.add_argument("--program", metavar="NAME", default="", help="part of a name or path")
    activity.add_argument("--outcome", metavar="WORD", default="", help="such as given or denied")
    activity.add_argument("--offset", type=_number, metavar="N", default=0)
    activity.add_argument("--limit", type=_number, metavar="N")
    activity.add_argument("--csv", action="store_true", help="every entry, for a spreadsheet")
    activity.add_argument("--verify", action="store_true", help="check that it was not altered")


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


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("that is no number")
    return int(text)


def _descriptor(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if number < 0 or number in _OUTPUTS:
        raise argparse.ArgumentTypeError("a descriptor to read from is 0, or 3 and up")
    return number
