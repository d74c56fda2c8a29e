"""What every page of the window must hold: no complaints, no sideways scroll, axe-core's rules."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, ViewportSize

from tests.support.node import install

JOURNEYS = Path(__file__).parents[1] / "journeys"
WIDTHS = (320, 480, 720, 1080, 1440)
# A word in braces that nobody filled.
_BRACES = r"() => document.body.innerText.match(/\{\w+\}/g) ?? []"
# Colours are looked at as they stay, and not on their way from one to another.
_RUN = """async () => {
  const still = new CSSStyleSheet();
  const rules = "transition: none !important; animation: none !important;";
  still.replaceSync(`*, ::before, ::after { ${rules} }`);
  document.adoptedStyleSheets.push(still);
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== still);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${location.pathname} ${id}: ${node.html} ${node.failureSummary}`));
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
    """The engine notes each refusal of the API; what matters is that the page says it well."""
    if "/v1.0/events' failed: HTTP Authentication failed" in message.text:
        return True
    path = urlsplit(message.location["url"]).path
    return "the server responded with a status of" in message.text and path.startswith("/v1.0/")


def problems(page: Page) -> list[str]:
    """What is wrong with *page* as it stands: by axe-core's rules, and by its width."""
    return violations(page) + scrolls_sideways(page) + unfilled(page)


def unfilled(page: Page) -> list[str]:
    """Names in braces that a sentence of *page* still has."""
    return [f"{page.url}: {name}" for name in page.evaluate(_BRACES)]


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
        resize(page, {"width": width, "height": 720})
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} at {width}: {page.evaluate(_WIDER)}")
    return found


def resize(page: Page, size: ViewportSize) -> None:
    """Give *page* another size and wait until it has it."""
    page.set_viewport_size(size)
    page.wait_for_function("(width) => innerWidth === width", arg=size["width"])


def _axe() -> str:
    install(JOURNEYS)
    return (JOURNEYS / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
