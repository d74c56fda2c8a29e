"""``/v1.0/recipes``: tell another program to ask Coatcheck, as ``coatcheck setup`` does."""

from __future__ import annotations

from typing import ClassVar

from desktop_app.errors import NotFoundError
from desktop_app.services.recipes import RECIPES, RecipeName, Recipes
from desktop_app.v1_0.schemas.recipes import RecipeChange, recipe_body
from desktop_app.web.base import ApiHandler


class RecipeHandler(ApiHandler):
    """``GET``: what a program has to be told. ``POST``: tell it, or take that back."""

    person_only: ClassVar[bool] = True
    bodies: ClassVar = {"POST": RecipeChange}

    def initialize(self, recipes: Recipes) -> None:
        """Take what makes and installs them."""
        self._recipes = recipes

    async def get(self, name: str) -> None:
        """Answer the recipe; nothing is changed."""
        self.write_json(recipe_body(await self._recipes.show(self._known(name))))

    async def post(self, name: str) -> None:
        """Install it, or remove it, and answer what was done."""
        known = self._known(name)
        work = self._recipes.remove if self.body.remove else self._recipes.install
        self.write_json(recipe_body(await work(known)))

    def _known(self, name: str) -> RecipeName:
        for each in RECIPES:
            if each == name:
                return each
        raise NotFoundError
