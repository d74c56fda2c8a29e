"""``coatcheck setup``: a program's recipe, shown or put where the program reads it."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop_app.cli.client import Client
from desktop_app.cli.exits import Exit
from desktop_app.cli.git_setup import git_recipe
from desktop_app.cli.mail_setup import mail_recipe
from desktop_app.cli.output import show, wants_json
from desktop_app.cli.rclone_setup import rclone_recipe
from desktop_app.cli.recipe import Recipe
from desktop_app.cli.running import reach
from desktop_app.config import Config
from desktop_app.itself import own_command

_RECIPES: dict[str, Callable[[Client, str, argparse.Namespace], Recipe]] = {
    "git": git_recipe,
    "mail": mail_recipe,
    "rclone": rclone_recipe,
}


def setup(arguments: argparse.Namespace, config: Config) -> int:
    """Print the recipe, or install or remove it and say what was done."""
    recipe = made(reach(config), config.folder.root, arguments)
    work = recipe.remove if arguments.remove else recipe.install
    done = [] if arguments.print else work()
    if wants_json(arguments):
        return show(_as_json(arguments.recipe, recipe, done))
    print(recipe.text if arguments.print else "\n".join(done))
    if recipe.note and arguments.print:
        print(f"coatcheck: {recipe.note}", file=sys.stderr)
    return Exit.DONE


def made(client: Client, root: Path, arguments: argparse.Namespace) -> Recipe:
    """Return the recipe that *arguments* name, with the program whose data is in *root*.

    Raises:
        ApiError: No account here is one for it.
    """
    return _RECIPES[arguments.recipe](client, _command(root), arguments)


def shown(client: Client, root: Path, name: str) -> Recipe:
    """Return the recipe *name* as ``--print`` shows it."""
    nothing = dict.fromkeys(("profile", "imap", "smtp", "url"))
    told = argparse.Namespace(recipe=name, print=True, remove=False, **nothing)
    return made(client, root, told)


def _command(where: Path) -> str:
    """Our own command as another program's configuration names it, for a shell."""
    from desktop_app.paths import default_root

    return shlex.join(own_command(*(() if where == default_root() else ("--data-dir", str(where)))))


def _as_json(name: str, recipe: Recipe, done: list[str]) -> dict[str, Any]:
    note = {"note": recipe.note} if recipe.note else {}
    return {"recipe": name, "text": recipe.text, "done": done, **note}
