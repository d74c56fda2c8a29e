"""The story of the first run: try the photo service, lend, renew, take back, forget."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.album import Album
from tests.support.desktop import Desktop
from tests.support.examiner import Complaints, problems
from tests.support.persons_browser import PersonsBrowser, answer_photos

ALBUM = Album("photos")


@pytest.fixture
def window(desktop: Desktop) -> Page:
    return desktop.start()


def begin(window: Page, desktop: Desktop) -> str:
    """Go from the welcome page to a sign-in that waits, and return what the browser opens."""
    window.get_by_role("link", name="Try it with the built-in photo service").click()
    window.get_by_role("button", name="Sign in with your browser").click()
    window.get_by_text("Say yes there, then come back.").wait_for()
    return desktop.opened()


def test_whole_story_from_the_welcome_page_to_forgetting(
    desktop: Desktop, window: Page, browser: PersonsBrowser
) -> None:
    complaints = Complaints(window)
    ALBUM.keep(window, "1-welcome")
    address = begin(window, desktop)
    sign_in_and_look(browser, address)
    window.get_by_role("heading", name="Jane Hill").wait_for()
    ALBUM.keep(window, "6-profile")
    print_a_sheet(window)
    renew(window)
    take_back(window)
    forget(window)
    assert complaints.said == []
    assert desktop.stop() == 0


def sign_in_and_look(browser: PersonsBrowser, address: str) -> None:
    tab = browser.open(address)
    complaints = Complaints(tab)
    ALBUM.keep(tab, "3-their-sign-in")
    assert problems(tab) == []
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("button", name="Allow", exact=True).wait_for()
    ALBUM.keep(tab, "4-their-consent")
    assert problems(tab) == []
    answer_photos(tab)
    tab.get_by_text("You can close this tab").wait_for()
    assert "?" not in tab.url
    ALBUM.keep(tab, "5-done")
    assert problems(tab) == []
    assert complaints.said == []


def test_strange_browser_is_told_nothing_but_how_to_come_in(
    desktop: Desktop, window: Page, browser: PersonsBrowser
) -> None:
    tab = browser.open(f"{desktop.origin}/settings")
    tab.get_by_role("heading", name="own window").wait_for()
    ALBUM.keep(tab, "12-signed-out")
    assert problems(tab) == []


def print_a_sheet(window: Page) -> None:
    """The printing service asks as any program does, over the page that waits for it."""
    window.get_by_role("button", name="Print a sheet").click()
    question = window.get_by_role("dialog")
    question.get_by_role("heading", name="printing_service.py would like to use").wait_for()
    question.get_by_text("“Print a contact sheet of your photos”").wait_for()
    ALBUM.keep(window, "7-question")
    assert problems(window) == []
    question.get_by_role("button", name="Allow once").click()
    window.get_by_text("Allowed once.").wait_for()
    sheet = window.locator("#sheet img")
    sheet.wait_for()
    window.wait_for_function("() => document.querySelector('#sheet img').naturalWidth > 400")
    ALBUM.keep(window, "8-sheet")


def renew(window: Page) -> None:
    window.get_by_role("button", name="Renew now").click()
    window.get_by_text("Renewed.").wait_for()


def take_back(window: Page) -> None:
    window.locator("#sheet").get_by_role("button", name="Take it back…").click()
    window.get_by_role("button", name="Take it back", exact=True).click()
    window.get_by_text("The provider confirmed it: this access is over.").wait_for()
    window.get_by_text("You took this permission back.").wait_for()
    ALBUM.keep(window, "10-taken-back")


def forget(window: Page) -> None:
    window.get_by_role("button", name="Forget here…").click()
    window.get_by_role("button", name="Forget", exact=True).click()
    window.get_by_role("heading", name="Your sign-ins, in one safe place").wait_for()


def test_waiting_page_goes_through_its_steps_without_being_loaded_anew(
    desktop: Desktop, window: Page, browser: PersonsBrowser
) -> None:
    """Pushed over the WebSocket and morphed in place: what was marked on the page stays."""
    complaints = Complaints(window)
    address = begin(window, desktop)
    window.evaluate("() => { window.marked = true; }")
    window.get_by_role("button", name="Open again").click()
    assert desktop.opened() == address
    browser.sign_in_at_photos(address, allow=False)
    window.get_by_role("heading", name="You said no").wait_for()
    assert window.evaluate("() => window.marked")
    assert complaints.said == []
