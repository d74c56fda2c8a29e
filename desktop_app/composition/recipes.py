"""Recipes made by our own command, which knows the other programs' files."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

from desktop_app.cli.client import ApiError, Client, NotRunningError
from desktop_app.cli.recipe import Recipe as MadeRecipe
from desktop_app.cli.setup import shown
from desktop_app.itself import own_command
from desktop_app.paths import DataFolder
from desktop_app.runtime import read_runtime
from desktop_app.services.recipes import Recipe, RecipeError, RecipeName

_log = logging.getLogger(__name__)

_SECONDS = 60.0


class CommandRecipes:
    """`Recipes` by ``coatcheck setup``: what the button does is what the command does.

    Args:
        root: The data folder of the program that it asks.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    async def show(self, name: RecipeName) -> Recipe:
        """See `Recipes.show`.

        In a thread of this process: a page shows all of them each time that it is drawn.
        """
        try:
            found = await asyncio.to_thread(self._shown, name)
        except (ApiError, NotRunningError) as error:
            raise RecipeError(name) from error
        if found.note:
            # What stands there is an example, which nobody could install.
            raise RecipeError(name)
        return Recipe(name=name, text=found.text)

    async def install(self, name: RecipeName) -> Recipe:
        """See `Recipes.install`."""
        return await self._run(name)

    async def remove(self, name: RecipeName) -> Recipe:
        """See `Recipes.remove`."""
        return await self._run(name, "--remove")

    def _shown(self, name: RecipeName) -> MadeRecipe:
        runtime = read_runtime(DataFolder(self._root).runtime_json)
        if runtime is None:
            raise NotRunningError
        return shown(Client(runtime), self._root, name)

    async def _run(self, name: RecipeName, *options: str) -> Recipe:
        where = ("--data-dir", str(self._root), "--no-start", "--json")
        process = await asyncio.create_subprocess_exec(
            *own_command("setup", name, *options, *where),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), _SECONDS)
        except TimeoutError as error:
            raise RecipeError(name) from error
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            _log.info("The recipe for %s could not be made: status %s", name, process.returncode)
            raise RecipeError(name)
        found = json.loads(said)
        return Recipe(name=name, text=found["text"], done=tuple(found["done"]))
