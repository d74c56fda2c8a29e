"""Recipes made by our own command, which knows the other programs' files."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

from desktop_app.itself import own_command
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
        """See `Recipes.show`."""
        return await self._run(name, "--print")

    async def install(self, name: RecipeName) -> Recipe:
        """See `Recipes.install`."""
        return await self._run(name)

    async def remove(self, name: RecipeName) -> Recipe:
        """See `Recipes.remove`."""
        return await self._run(name, "--remove")

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
