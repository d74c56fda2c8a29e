"""Accounts that a window has before its journey begins, made through its own session."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.support.desktop import Desktop
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser
from tests.support.persons_browser import PersonsBrowser
from tests.support.waiting import wait_until

WORK = {"id": "work", "name": "Sample Works", "client_id": "coatcheck"}
PEOPLE = ("maria", "jonas", "petra")
_CALL = """async ([method, path, body]) => {
  const token = document.querySelector('meta[name="xsrf"]').content;
  const headers = { "X-XSRFToken": token, "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}"""


def call(window: Page, method: str, path: str, body: Any = None) -> Any:
    """Call the API as the window's own scripts do."""
    return window.evaluate(_CALL, [method, path, body])


def begin(window: Page, desktop: Desktop, provider: str) -> dict[str, Any]:
    """Begin a sign-in and take from the browser what it was asked to open."""
    signing_in: dict[str, Any] = call(
        window, "POST", "/v1.0/oauth/sign-ins", {"provider": provider}
    )
    assert desktop.opened() == signing_in["authorization_url"], signing_in
    return signing_in


def wait_for(window: Page, signing_in: dict[str, Any]) -> str:
    """Wait until a sign-in is over and return its account's id, "" if it has none."""
    path = f"/v1.0/oauth/sign-ins/{signing_in['id']}"
    wait_until(lambda: call(window, "GET", path)["status"] != "pending")
    found: str = call(window, "GET", path).get("profile_id", "")
    return found


def connect_photos(window: Page, desktop: Desktop, browser: PersonsBrowser, email: str) -> str:
    """Connect an account of the built-in photo service."""
    signing_in = begin(window, desktop, "photos")
    browser.context.clear_cookies()
    browser.sign_in_at_photos(signing_in["authorization_url"], email=email).close()
    return wait_for(window, signing_in)


def connect_photos_the_older_way(window: Page, desktop: Desktop, browser: PersonsBrowser) -> str:
    """Connect an account of the built-in photo service through OAuth 1.0a."""
    signing_in = begin(window, desktop, "photos-oauth1")
    browser.context.clear_cookies()
    browser.sign_in_at_photos(signing_in["authorization_url"], email="jane@photos.example").close()
    return wait_for(window, signing_in)


def connect_work(window: Page, desktop: Desktop, login: str) -> str:
    """Connect an account of the sample provider."""
    signing_in = begin(window, desktop, WORK["id"])
    ScriptedBrowser(login=login).sign_in(signing_in["authorization_url"])
    return wait_for(window, signing_in)


def fill(
    window: Page, desktop: Desktop, browser: PersonsBrowser, provider: OidcProvider
) -> dict[str, str]:
    """Connect five accounts at two providers; their ids, each under the person's name."""
    call(window, "POST", "/v1.0/providers", {**WORK, "issuer": provider.issuer})
    ids = {login: connect_work(window, desktop, login) for login in PEOPLE}
    for name in ("jane", "noor"):
        ids[name] = connect_photos(window, desktop, browser, f"{name}@photos.example")
    return ids
