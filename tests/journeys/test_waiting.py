"""While the browser is away: cancel, open again, copy the address, paste the final one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.album import Album
from tests.support.desktop import Desktop
from tests.support.examiner import Complaints
from tests.support.persons_browser import PersonsBrowser

ALBUM = Album("waiting")


@pytest.fixture
def window(desktop: Desktop) -> Page:
    return desktop.start()


def begin(window: Page, desktop: Desktop) -> str:
    window.get_by_role("link", name="Connect", exact=True).click()
    window.get_by_role("link", name="Try it without an account").click()
    window.get_by_role("button", name="Sign in with your browser").click()
    expect(window.get_by_text("Say yes there, then come back.")).to_be_visible()
    return desktop.opened()


def paste(window: Page, address: str) -> None:
    window.get_by_role("button", name="Paste address…").click()
    window.get_by_label("Address", exact=True).fill(address)
    window.get_by_role("button", name="Go on").click()


def test_cancelled_sign_in_leaves_nothing_behind_and_can_be_begun_again(
    desktop: Desktop, window: Page, browser: PersonsBrowser
) -> None:
    complaints = Complaints(window)
    address = begin(window, desktop)
    waiting = window.url
    window.get_by_role("button", name="Cancel").first.click()
    expect(window.get_by_role("heading", name="Connect an account")).to_be_visible()
    window.goto(waiting)
    expect(window.get_by_role("heading", name="The sign-in was cancelled")).to_be_visible()
    ALBUM.keep(window, "cancelled")
    window.get_by_role("button", name="Try again").click()
    expect(window.get_by_text("Say yes there, then come back.")).to_be_visible()
    again = desktop.opened()
    assert again != address
    browser.sign_in_at_photos(again)
    expect(window.get_by_role("heading", name="Jane Hill")).to_be_visible()
    assert complaints.said == []


def test_final_address_can_be_pasted_and_a_wrong_one_does_not_end_the_sign_in(
    desktop: Desktop, window: Page, browser: PersonsBrowser
) -> None:
    """The browser's last page does not load, as on another machine; its address is enough."""
    complaints = Complaints(window)
    address = begin(window, desktop)
    final = final_address(browser, address)
    paste(window, "https://photos.example/callback?code=1")
    expect(window.get_by_text("The final address begins with")).to_be_visible()
    ALBUM.keep(window, "wrong-address")
    window.get_by_label("Address", exact=True).fill(final)
    window.get_by_role("button", name="Go on").click()
    expect(window.get_by_role("heading", name="Jane Hill")).to_be_visible()
    assert complaints.said == []


def final_address(browser: PersonsBrowser, address: str) -> str:
    """Sign in with a browser that can't reach the program, and read its address bar."""
    page = browser.open(address.replace("response_mode=form_post", "response_mode=query"))
    page.get_by_role("button", name="Sign in").click()
    finals: list[str] = []

    def stop_before_it(route: Route) -> None:
        finals.append(route.fetch(max_redirects=0).headers["location"])
        route.fulfill(body="This site can't be reached")

    page.route("**/consent**", stop_before_it)
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(page.get_by_text("can't be reached")).to_be_visible()
    return finals[0]


def test_copied_address_is_the_one_that_the_browser_got(desktop: Desktop, window: Page) -> None:
    address = begin(window, desktop)
    window.get_by_role("button", name="Open again").click()
    assert desktop.opened() == address
    window.get_by_role("button", name="Copy address").click()
    expect(window.get_by_text("Copied")).to_be_visible()
    window.get_by_role("button", name="Paste address…").click()
    field = window.get_by_label("Address", exact=True)
    field.press("Control+V")
    expect(field).to_have_value(address)
    window.keyboard.press("Escape")
    expect(window.locator("dialog[open]")).to_have_count(0)
