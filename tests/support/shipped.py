"""What ships with the program and never changes, read once for all tests."""

from __future__ import annotations

import functools
from pathlib import Path

from desktop_app.providers.catalogue import Catalogue
from desktop_app.web.locale import Locales

UI = Path(__file__).parents[2] / "ui"


@functools.cache
def catalogue() -> Catalogue:
    """Return the presets."""
    return Catalogue.load()


@functools.cache
def locales() -> Locales:
    """Return the window's languages."""
    return Locales.load(UI / "locale")
