"""Any OpenID provider by its address: guided, several accounts side by side, never a twin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.album import Album
from tests.support.desktop import Desktop
from tests.support.examiner import Complaints
from tests.support.oidc_provider import OidcProvider, running_oidc_provider
from tests.support.persons_browser import PersonsBrowser

ALBUM = Album("openid")


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with running_oidc_provider() as running:
        yield running


@pytest.fixture(scope="module")
def registering() -> Iterator[OidcProvider]:
    with running_oidc_provider(everything=True) as running:
        yield running


def choose_by_address(window: Page, provider: OidcProvider) -> None:
    """Paste the provider's address into the search of the connect page."""
    window.get_by_role("link", name="Connect", exact=True).click()
    window.get_by_placeholder("Find a provider, or paste its address").fill(provider.issuer)
    window.get_by_role("link", name=provider.issuer).click()
    expect(window.get_by_label("Address")).to_have_value(provider.issuer)


def enter_client(window: Page) -> None:
    """Follow what the page says: a client ID is needed, and has no spaces."""
    expect(window.locator("#redirect-uri")).to_have_text("http://127.0.0.1/callback")
    field = window.get_by_role("textbox", name="Client ID")
    field.fill("coat check")
    field.blur()
    expect(window.get_by_text("A client ID has no spaces.")).to_be_visible()
    field.fill("coatcheck")
    expect(window.get_by_text("A client ID has no spaces.")).to_be_hidden()


def press_sign_in(window: Page) -> None:
    window.get_by_role("button", name="Sign in with your browser").click()
    window.wait_for_url("**/sign-ins/*")


def test_provider_by_address_keeps_two_accounts_and_makes_no_twin(
    desktop: Desktop, browser: PersonsBrowser, provider: OidcProvider
) -> None:
    window = desktop.start()
    complaints = Complaints(window)
    choose_by_address(window, provider)
    ALBUM.keep(window, "1-address")
    enter_client(window)
    press_sign_in(window)
    browser.sign_in_at_provider(desktop.opened(), login="maria")
    expect(window.get_by_role("heading", name="Maria Sample")).to_be_visible()
    window.wait_for_url("**/user/*")
    first = window.url
    sign_in_as_somebody_else(window, desktop, browser)
    sign_in_again(window, desktop, browser, provider, first)
    assert complaints.said == []
    assert desktop.stop() == 0


def test_provider_that_registers_coatcheck_needs_nothing_but_its_address(
    desktop: Desktop, browser: PersonsBrowser, registering: OidcProvider
) -> None:
    window = desktop.start()
    choose_by_address(window, registering)
    expect(window.get_by_text("No client ID is needed.")).to_be_visible()
    expect(window.get_by_role("textbox", name="Client ID")).to_be_hidden()
    expect(window.get_by_text("Well protected")).to_be_visible()
    ALBUM.keep(window, "7-registers-itself")
    press_sign_in(window)
    browser.sign_in_at_provider(desktop.opened(), login="maria")
    expect(window.get_by_role("heading", name="Maria Sample")).to_be_visible()
    (client,) = registering.registered()
    window.get_by_role("link", name="Connect", exact=True).click()
    window.get_by_role("link", name="127.0.0.1").first.click()
    expect(window.get_by_text(client["client_id"])).to_be_visible()
    ALBUM.keep(window, "8-registered")
    register_anew(window, client["client_id"])
    bind_to_this_computer(window)
    browser.context.clear_cookies()
    browser.sign_in_at_provider(desktop.opened(), login="maria")
    window.wait_for_url("**/user/*")
    window.locator("#details summary").click()
    expect(window.get_by_text("bound to a key that never leaves this computer")).to_be_visible()
    window.get_by_role("link", name="Connect", exact=True).click()
    window.get_by_role("link", name="127.0.0.1").first.click()
    window.get_by_role("button", name="Remove this provider…").click()
    expect(window.get_by_text("registration there goes too")).to_be_visible()
    window.get_by_role("button", name="Remove", exact=True).click()
    window.wait_for_url("**/connect")
    assert registering.registered() == []


def register_anew(window: Page, former: str) -> None:
    window.get_by_role("button", name="Register anew…").click()
    expect(window.get_by_text("A code from the provider for registering")).to_be_visible()
    ALBUM.keep(window, "9-register-anew")
    window.get_by_role("button", name="Register anew", exact=True).click()
    expect(window.get_by_text(former)).to_be_hidden()
    expect(window.get_by_text("No client ID is needed.")).to_be_visible()


def bind_to_this_computer(window: Page) -> None:
    """What the page has no field for, such as the registration, stays as it was."""
    window.get_by_text("Advanced").click()
    window.get_by_role("switch", name="Bind sign-ins to this computer").check()
    ALBUM.keep(window, "10-advanced")
    press_sign_in(window)


def sign_in_as_somebody_else(window: Page, desktop: Desktop, browser: PersonsBrowser) -> None:
    window.get_by_role("link", name="Connect", exact=True).click()
    window.get_by_role("link", name="127.0.0.1").first.click()
    press_sign_in(window)
    browser.context.clear_cookies()
    browser.sign_in_at_provider(desktop.opened(), login="jonas")
    expect(window.get_by_role("heading", name="Jonas Sample")).to_be_visible()
    window.get_by_role("link", name="Accounts").first.click()
    expect(window.get_by_text("2 accounts")).to_be_visible()
    ALBUM.keep(window, "5-accounts")


def sign_in_again(
    window: Page,
    desktop: Desktop,
    browser: PersonsBrowser,
    provider: OidcProvider,
    first: str,
) -> None:
    """The same account once more, with a new name over there: updated, in its place."""
    provider.set(name="Maria Renamed")
    window.get_by_role("link", name="Connect", exact=True).click()
    window.get_by_role("link", name="127.0.0.1").first.click()
    press_sign_in(window)
    browser.context.clear_cookies()
    browser.sign_in_at_provider(desktop.opened(), login="maria")
    expect(window.get_by_role("heading", name="Maria Renamed")).to_be_visible()
    assert window.url == first
    window.get_by_role("link", name="Accounts").first.click()
    expect(window.get_by_text("2 accounts")).to_be_visible()


def test_wrong_addresses_are_explained_and_nothing_is_lost(
    desktop: Desktop, provider: OidcProvider
) -> None:
    window = desktop.start()
    choose_by_address(window, provider)
    window.get_by_role("textbox", name="Client ID").fill("coatcheck")
    address = window.get_by_label("Address")
    address.fill("http://photos.example")
    window.get_by_role("button", name="Sign in with your browser").click()
    expect(window.get_by_text("An address begins with https://")).to_be_visible()
    address.fill(f"{provider.issuer}/nobody-here")
    window.get_by_role("button", name="Sign in with your browser").click()
    expect(
        window.locator("form .field-error:not(:empty), form .form-error:not(:empty)")
    ).to_have_count(1)
    ALBUM.keep(window, "6-wrong-address")
    expect(window.get_by_role("textbox", name="Client ID")).to_have_value("coatcheck")
