"""Recipes: how git, mail programs and rclone are told to ask Coatcheck, by one button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from desktop_app.errors import AppError

RecipeName = Literal["git", "mail", "rclone"]

RECIPES: tuple[RecipeName, ...] = get_args(RecipeName)
"""Every recipe, in the order in which they are shown."""


class RecipeError(AppError):
    """A recipe can't be made, installed or removed now."""

    code = "no_recipe"
    public_message = "That could not be set up. In a terminal, “coatcheck setup {recipe}” says why."

    def __init__(self, recipe: RecipeName) -> None:
        super().__init__(recipe, recipe=recipe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What one program has to be told.

    Attributes:
        text: As the program reads it.
        done: What was done to its files, a sentence each.
    """

    name: RecipeName
    text: str
    done: tuple[str, ...] = ()


class Recipes(Protocol):
    """Makes, installs and removes recipes."""

    async def show(self, name: RecipeName) -> Recipe:
        """Return a recipe; nothing is changed.

        Raises:
            RecipeError: No account here is one for it.
        """

    async def install(self, name: RecipeName) -> Recipe:
        """Put a recipe where the program reads it.

        Raises:
            RecipeError: It can't be made, or the program isn't there.
        """

    async def remove(self, name: RecipeName) -> Recipe:
        """Take it away again.

        Raises:
            RecipeError: The program isn't there.
        """
