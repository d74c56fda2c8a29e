"""``/recipes``: tell git, mail programs and rclone to ask Coatcheck, by a button."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from desktop_app.services.recipes import RECIPES, RecipeError, RecipeName
from desktop_app.web.pages.stage import ViewHandler

if TYPE_CHECKING:
    from desktop_app.services.recipes import Recipes


class RecipesPageHandler(ViewHandler):
    """``GET``: each recipe as the program reads it, with the buttons."""

    section = "programs"
    _recipes: Recipes

    async def get(self) -> None:
        """Show those that the accounts here are for, and say what the others need."""
        texts = await asyncio.gather(*map(self._text, RECIPES))
        await self.render("recipes.html", texts=dict(zip(RECIPES, texts, strict=True)))

    async def _text(self, name: RecipeName) -> str:
        try:
            return (await self._recipes.show(name)).text.strip()
        except RecipeError:
            return ""
