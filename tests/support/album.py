"""Screenshots that are kept as files of the run, in ``.cache/journeys``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

FOLDER = Path(__file__).parents[2] / ".cache" / "journeys"
LARGE: ViewportSize = {"width": 1080, "height": 720}
SMALL: ViewportSize = {"width": 480, "height": 800}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Album:
    """The pictures of one journey.

    Args:
        name: Begins every file's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        FOLDER.mkdir(parents=True, exist_ok=True)

    def keep(self, page: Page, name: str) -> None:
        """Take *page* in both themes and at two sizes; its theme follows the system's."""
        for size in (SMALL, LARGE):
            _fit(page, size)
            for theme in reversed(THEMES):
                page.emulate_media(color_scheme=theme)
                path = FOLDER / f"{self._name}-{name}-{theme}-{size['width']}.png"
                page.screenshot(path=path, animations="disabled")
        page.set_viewport_size(LARGE)


def _fit(page: Page, size: ViewportSize) -> None:
    """Make the window as high as the page, so that what is fixed to its foot is at the foot."""
    page.set_viewport_size(size)
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
