"""Telling other programs to ask Coatcheck."""

from __future__ import annotations

from desktop_app.v1_0.operation import Operation
from desktop_app.v1_0.schemas.recipes import RecipeBody, RecipeChange

RECIPES = (
    Operation(
        "recipe",
        "get",
        "/recipes/{id}",
        "What git, mail programs or rclone have to be told",
        RecipeBody,
        errors=(404, 409),
        person=True,
    ),
    Operation(
        "recipe",
        "post",
        "/recipes/{id}",
        "Tell them, or take that back",
        RecipeBody,
        takes=RecipeChange,
        errors=(404, 409),
        person=True,
    ),
)
