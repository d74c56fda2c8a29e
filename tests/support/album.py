"""Screenshots that are kept as files of the run, in ``.cache/journeys``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

from tests.support.examiner import resize

FOLDER = Path(__file__).parents[2] / ".cache" / "journeys"
LARGE: ViewportSize = {"width": 1080, "height": 720}
SMALL: ViewportSize = {"width": 480, "height": 800}
Theme = Literal["light", "dark"]


class Album:
    """The pictures of one journey.

    Args:
        name: Begins every file's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        FOLDER.mkdir(parents=True, exist_ok=True)

    def keep(self, page: Page, name: str) -> None:
        """Take *page* large and light, small and dark; its theme follows the system's."""
        self.take(page, name, SMALL, "dark")
        self.take(page, name, LARGE, "light")
        page.set_viewport_size(LARGE)

    def take(self, page: Page, name: str, size: ViewportSize, theme: Theme) -> None:
        """Take *page* once."""
        _fit(page, size)
        page.emulate_media(color_scheme=theme)
        path = FOLDER / f"{self._name}-{name}-{theme}-{size['width']}.png"
        page.screenshot(path=path, animations="disabled")


def _fit(page: Page, size: ViewportSize) -> None:
    """Make the window as high as the page, so that what is fixed to its foot is at the foot."""
    resize(page, size)
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
