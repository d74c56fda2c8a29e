"""Debian's Chromium as the person's own browser: a program of its own, beside the window."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = "/usr/bin/chromium"
# Without these it looks for its maker's servers at every start.
_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def open_browser(playwright: Playwright) -> Browser:
    """Start it."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)


class PersonsBrowser:
    """One browser profile: its cookies stay from page to page."""

    def __init__(self, browser: Browser, *, locale: str = "en-US") -> None:
        self.context = browser.new_context(locale=locale, viewport={"width": 1080, "height": 720})

    def open(self, address: str) -> Page:
        """Open *address* in a new tab, as the program's launcher asks for."""
        page = self.context.new_page()
        page.goto(address)
        return page

    def sign_in_at_photos(self, address: str, *, email: str = "", allow: bool = True) -> Page:
        """Sign in at the built-in photo service and answer what it asks."""
        page = self.open(address)
        if email:
            page.locator(".person", has_text=email).click()
        page.get_by_role("button", name="Sign in").click()
        answer_photos(page, allow=allow)
        return page

    def sign_in_at_provider(self, address: str, *, login: str, allow: bool = True) -> Page:
        """Sign in at the sample provider of ``tests/interop``."""
        page = self.open(address)
        page.locator("input[name=login]").fill(login)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Allow" if allow else "Deny").click()
        page.wait_for_url("**/done")
        return page


def answer_photos(page: Page, *, allow: bool = True) -> None:
    """Press one of the two buttons of the consent page and come back to the program."""
    page.locator(f"button[name=decision][value={'allow' if allow else 'deny'}]").click()
    page.wait_for_url("**/done")
