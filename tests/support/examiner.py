"""What every page of the window must hold: no complaints, no sideways scroll, axe-core's rules."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page

from tests.support.node import install

JOURNEYS = Path(__file__).parents[1] / "journeys"
WIDTHS = (320, 480, 720, 1080, 1440)
_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}"""
_WIDER = """() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 120))"""


class Complaints:
    """What the engine says against a page: errors, warnings, violations of the CSP."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _is_answer(message):
            self.said.append(f"{message.location['url']}: {message.text}")


def _is_answer(message: ConsoleMessage) -> bool:
    # The engine notes each refusal of the API; what matters is that the page says it well.
    path = urlsplit(message.location["url"]).path
    return "the server responded with a status of" in message.text and path.startswith("/v1.0/")


def violations(page: Page) -> list[str]:
    """What axe-core finds on *page* as it stands."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(_RUN)
    return found


def scrolls_sideways(page: Page) -> list[str]:
    """The widths at which *page* is wider than the window, with what sticks out."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} at {width}: {page.evaluate(_WIDER)}")
    return found


def _axe() -> str:
    install(JOURNEYS)
    return (JOURNEYS / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
