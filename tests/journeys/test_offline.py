"""Five accounts at two providers: found again, and all there when the network is gone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.accounts_made import fill
from tests.support.album import Album
from tests.support.desktop import Desktop
from tests.support.examiner import Complaints
from tests.support.oidc_provider import running_oidc_provider
from tests.support.persons_browser import PersonsBrowser

ALBUM = Album("offline")
_BLANK = """() => [...document.querySelectorAll("main img")]
  .filter((each) => !each.complete || each.naturalWidth === 0).map((each) => each.src)"""


def test_accounts_are_found_again_and_are_all_there_without_a_network(
    desktop: Desktop, browser: PersonsBrowser
) -> None:
    with running_oidc_provider() as provider:
        window = desktop.start()
        ids = fill(window, desktop, browser, provider)
        search(window, desktop)
        assert desktop.stop() == 0
    window = desktop.start()
    complaints = Complaints(window)
    look_at_everything(window)
    window.goto(f"{desktop.origin}/user/{ids['maria']}")
    look_at_maria(window)
    try_what_needs_the_network(window)
    assert complaints.said == []


def search(window: Page, desktop: Desktop) -> None:
    window.goto(f"{desktop.origin}/")
    cards = window.locator(".account")
    expect(cards).to_have_count(5)
    # A picture that takes its time comes after its account.
    expect(window.locator("main .photo")).to_have_count(5)
    window.get_by_label("Find an account").fill("mari")
    expect(cards).to_have_count(1)
    expect(window.locator("#count")).to_have_text("1 account")
    window.get_by_label("Find an account").fill("nobody at all")
    expect(window.get_by_text("No account fits that.")).to_be_visible()
    ALBUM.keep(window, "1-nothing-found")
    window.get_by_role("link", name="Show all").click()
    expect(cards).to_have_count(5)
    window.get_by_label("Provider").select_option("photos")
    expect(cards).to_have_count(2)
    ALBUM.keep(window, "2-filtered")


def look_at_everything(window: Page) -> None:
    expect(window.locator(".account")).to_have_count(5)
    window.wait_for_load_state("load")
    assert window.locator("main .photo").count() == 5
    assert window.evaluate(_BLANK) == []
    ALBUM.keep(window, "3-accounts")


def look_at_maria(window: Page) -> None:
    expect(window.get_by_role("heading", name="Maria Sample")).to_be_visible()
    expect(window.get_by_text("only renewing and taking back need the network")).to_be_visible()
    window.wait_for_load_state("load")
    assert window.evaluate(_BLANK) == []
    window.get_by_text("Details").click()
    expect(window.locator("dd", has_text="maria").first).to_be_visible()
    ALBUM.keep(window, "4-profile")


def try_what_needs_the_network(window: Page) -> None:
    window.get_by_role("button", name="Renew now").click()
    expect(window.locator(".toast.danger")).to_contain_text("can’t be reached")
    ALBUM.keep(window, "5-not-renewed")
    window.get_by_role("button", name="Take it back at Sample Works…").click()
    window.get_by_role("button", name="Take it back", exact=True).click()
    expect(window.locator("#revoke .form-error")).not_to_be_empty()
    ALBUM.keep(window, "6-not-taken-back")
    window.keyboard.press("Escape")
    expect(window.get_by_role("button", name="Renew now")).to_be_visible()
    window.context.set_offline(True)
    expect(window.get_by_text("You are offline.")).to_be_visible()
    ALBUM.keep(window, "7-offline")
    window.context.set_offline(False)
    expect(window.get_by_text("You are offline.")).to_be_hidden()
