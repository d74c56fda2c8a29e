"""``coatcheck setup``: a program's recipe, shown or put where the program reads it."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
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
    recipe = _RECIPES[arguments.recipe](reach(config), _command(config), arguments)
    work = recipe.remove if arguments.remove else recipe.install
    done = [] if arguments.print else work()
    if wants_json(arguments):
        return show(_as_json(arguments.recipe, recipe, done))
    print(recipe.text if arguments.print else "\n".join(done))
    return Exit.DONE


def _command(config: Config) -> str:
    """Our own command as another program's configuration names it, for a shell."""
    from desktop_app.paths import default_root

    where = config.folder.root
    return shlex.join(own_command(*(() if where == default_root() else ("--data-dir", str(where)))))


def _as_json(name: str, recipe: Recipe, done: list[str]) -> dict[str, Any]:
    return {"recipe": name, "text": recipe.text, "done": done}
