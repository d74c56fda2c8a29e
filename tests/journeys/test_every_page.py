"""Every page of the window, in both themes and languages: examined, and kept as pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect

from tests.support.accounts_made import (
    begin,
    call,
    connect_photos_the_older_way,
    fill,
    wait_for,
)
from tests.support.album import LARGE, SMALL, Album, Theme
from tests.support.desktop import Desktop
from tests.support.examiner import Complaints, scrolls_sideways, unfilled, violations
from tests.support.keyboard import keyboard_problems
from tests.support.oidc_provider import running_oidc_provider
from tests.support.persons_browser import PersonsBrowser
from tests.support.ports import free_port

# To the keyboard these are like the one that stands before them.
ALIKE = {
    "accounts-none",
    "connect-address",
    "setup-github",
    "setup-vk",
    "setup-flickr",
    "waiting-code",
    "profile",
    "profile-older",
    "profile-taken-back",
    "activity-checked",
}
VARIANTS: dict[str, tuple[tuple[ViewportSize, Theme], ...]] = {
    "en": ((SMALL, "dark"), (LARGE, "light")),
    "ru": ((SMALL, "light"), (LARGE, "dark")),
}
PROVIDERS = (
    "photos",
    "google",
    "github",
    "vk",
    "flickr",
    "mastodon",
    "bluesky",
    "openid",
    "work",
    "makes",
)
REGISTERING = {"id": "makes", "name": "Sample Makes", "register": True}
# The same rules hold in both languages; the larger page of the second has the other theme.
EXAMINED: dict[str, tuple[Theme, ...]] = {"en": ("dark", "light"), "ru": ("dark",)}


@dataclass(frozen=True)
class Shown:
    """A page as it is looked at: its address, and the dialog that is open on it."""

    name: str
    path: str
    dialog: str = ""


@dataclass(frozen=True)
class Filled:
    """A program with accounts in every state."""

    desktop: Desktop
    window: Page
    pages: tuple[Shown, ...]


@pytest.fixture(scope="module")
def filled(
    playwright: Playwright,
    display: str,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Filled]:
    desktop = Desktop(playwright, display, tmp_path_factory.mktemp("filled"))
    try:
        window = desktop.start()
        yield Filled(desktop, window, make_pages(window, desktop, PersonsBrowser(chromium)))
    finally:
        desktop.end()


def make_pages(window: Page, desktop: Desktop, browser: PersonsBrowser) -> tuple[Shown, ...]:
    # Nobody is there: what a page asks a provider on the internet is answered at once, with no.
    call(window, "PATCH", "/v1.0/settings", {"proxy": "http://127.0.0.1:9"})
    port = free_port()
    with running_oidc_provider(port=port) as provider:
        ids = fill(window, desktop, browser, provider)
        call(window, "POST", f"/v1.0/profiles/{ids['petra']}/revoke")
    # Over there nobody knows of the grant any more.
    with running_oidc_provider(port=port):
        call(window, "POST", f"/v1.0/profiles/{ids['jonas']}/refresh")
    with running_oidc_provider(everything=True) as provider:
        call(window, "POST", "/v1.0/providers", {**REGISTERING, "issuer": provider.issuer})
        waits = {flow: wait_by(window, desktop, flow) for flow in ("device", "paste")}
    waits["code"] = wait_by(window, desktop, "paste", provider="photos-oauth1")
    lend(window, ids["jane"])
    ids["older"] = connect_photos_the_older_way(window, desktop, browser)
    refused = begin(window, desktop, "photos")
    browser.context.clear_cookies()
    browser.sign_in_at_photos(refused["authorization_url"], allow=False)
    wait_for(window, refused)
    pending = begin(window, desktop, "photos")
    return all_pages(ids, waits, refused["id"], pending["id"])


def wait_by(window: Page, desktop: Desktop, flow: str, provider: str = "makes") -> str:
    """Begin a sign-in that waits for what the person brings from somewhere else."""
    wish = {"provider": provider, "flow": flow, "open_browser": flow == "paste"}
    begun = call(window, "POST", "/v1.0/oauth/sign-ins", wish)
    if flow == "paste":
        desktop.opened()
    assert begun.get("status") == "pending", begun
    return str(begun["id"])


def lend(window: Page, profile: str) -> None:
    """Let one program have an account, and keep another one away from it."""
    for name, decision in (("git", "always"), ("chromium", "deny")):
        rule = {"program": shutil.which(name), "profile_id": profile, "decision": decision}
        assert call(window, "POST", "/v1.0/programs", rule)["decision"] == decision


def all_pages(
    ids: dict[str, str], waits: dict[str, str], refused: str, pending: str
) -> tuple[Shown, ...]:
    jane = f"/user/{ids['jane']}"
    return (
        Shown("accounts", "/"),
        Shown("accounts-none", "/?query=nobody"),
        Shown("connect", "/connect"),
        Shown("connect-none", "/connect?query=nobody"),
        Shown("connect-address", "/connect?query=login.photos.example"),
        *(Shown(f"setup-{name}", f"/connect/{name}") for name in PROVIDERS),
        Shown("remove-provider", "/connect/work", "remove"),
        Shown("waiting", f"/sign-ins/{pending}"),
        Shown("paste", f"/sign-ins/{pending}", "paste"),
        *(Shown(f"waiting-{flow}", f"/sign-ins/{waits[flow]}") for flow in waits),
        Shown("said-no", f"/sign-ins/{refused}"),
        Shown("profile", jane),
        Shown("profile-details", jane, "details"),
        Shown("profile-older", f"/user/{ids['older']}", "details"),
        Shown("profile-needs-sign-in", f"/user/{ids['jonas']}"),
        Shown("profile-taken-back", f"/user/{ids['petra']}"),
        *(Shown(dialog, jane, dialog) for dialog in ("rename", "forget", "revoke")),
        Shown("permissions", f"{jane}/permissions"),
        Shown("calendar", "/calendar"),
        Shown("take-back", "/take-back"),
        Shown("everything", "/take-back", "everything"),
        Shown("programs", "/programs"),
        Shown("activity", "/activity"),
        Shown("activity-checked", "/activity?check=yes"),
        Shown("activity-none", "/activity?program=nobody"),
        Shown("settings", "/settings"),
        Shown("set-passphrase", "/settings", "passphrase"),
        Shown("new-backup", "/settings", "new-backup"),
        Shown("restore", "/restore"),
        Shown("not-found", "/nothing-here"),
    )


def show(filled: Filled, page: Shown) -> None:
    filled.window.goto(f"{filled.desktop.origin}{page.path}", wait_until="load")
    # What a page asks for by itself takes the place of what asked.
    filled.window.wait_for_function("() => !document.querySelector('[hx-trigger=load]')")
    if page.dialog == "details":
        filled.window.locator("#details summary").click()
    elif page.dialog:
        filled.window.locator(f"[data-opens={page.dialog}]:visible").first.click()


def test_no_page_breaks_a_rule_or_says_a_word_of_complaint_in_english(filled: Filled) -> None:
    assert look_through(filled, "en", filled.pages) == []


def test_no_page_breaks_a_rule_or_says_a_word_of_complaint_in_russian(filled: Filled) -> None:
    assert look_through(filled, "ru", filled.pages) == []


def look_through(filled: Filled, language: str, pages: Iterable[Shown]) -> list[str]:
    """Keep a picture of every page, small and large, and return what is wrong with them."""
    window, album = filled.window, Album(f"every-{language}")
    window.goto(f"{filled.desktop.origin}/settings")
    call(window, "PATCH", "/v1.0/settings", {"language": language})
    complaints, found = Complaints(window), []
    for page in pages:
        show(filled, page)
        found += scrolls_sideways(window) + unfilled(window)
        # A dialog is as wide on a large page as on a small one.
        for size, theme in VARIANTS[language][: 1 if page.dialog else None]:
            album.take(window, page.name, size, theme)
            found += violations(window) if theme in EXAMINED[language] else []
    return found + [line for line in complaints.said if "/nothing-here" not in line]


def test_keyboard_alone_reaches_everything_and_shows_where_it_is(filled: Filled) -> None:
    found: list[str] = []
    for page in (page for page in filled.pages if page.name not in ALIKE):
        show(filled, page)
        found += [f"{page.name}: {line}" for line in keyboard_problems(filled.window)]
    assert found == []


def test_what_was_taken_back_is_shown_with_what_proves_it(filled: Filled) -> None:
    """The last of all: nothing is left afterwards."""
    window = filled.window
    show(filled, Shown("take-back", "/take-back"))
    call(window, "POST", "/v1.0/revocations", {"confirm": True})
    window.reload()
    expect(window.locator("#gone")).to_be_visible()
    taken = Shown("taken-back", "/take-back")
    assert look_through(filled, "en", [taken]) + look_through(filled, "ru", [taken]) == []
