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
            page.set_viewport_size(size)
            for theme in reversed(THEMES):
                page.emulate_media(color_scheme=theme)
                self._take(page, f"{name}-{theme}-{size['width']}")

    def _take(self, page: Page, name: str) -> None:
        path = FOLDER / f"{self._name}-{name}.png"
        page.screenshot(path=path, full_page=True, animations="disabled")
