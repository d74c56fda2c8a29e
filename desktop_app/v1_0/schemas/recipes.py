"""Recipes: how other programs are told to ask Coatcheck."""

from __future__ import annotations

from desktop_app.services.recipes import Recipe, RecipeName
from desktop_app.v1_0.schemas.base import Answer, Request


class RecipeChange(Request):
    """``remove``: take it away instead of putting it in place."""

    remove: bool = False


class RecipeBody(Answer):
    """One recipe; ``done`` says what was done to the program's files."""

    recipe: RecipeName
    text: str
    done: list[str]


def recipe_body(recipe: Recipe) -> RecipeBody:
    """Return *recipe* for the outside."""
    return RecipeBody(recipe=recipe.name, text=recipe.text, done=list(recipe.done))
