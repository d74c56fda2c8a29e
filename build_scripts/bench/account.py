"""An account at the built-in photo service, lent to this very process for an hour."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from build_scripts.bench.children import Requests
from desktop_app.demo.http_browser import HttpBrowser
from desktop_app.demo.person import Person

_SCOPES = ["openid", "profile", "photos.read"]


async def borrowed_account(entry_url: str, runtime: Path) -> tuple[str, dict[str, str]]:
    """Sign in and lend, as the person would.

    Returns:
        The profile's id, and the headers of the person's session.
    """
    browser = HttpBrowser()
    try:
        person = Person(browser, entry_url)
        await person.enter()
        profile_id = await _signed_in(person, browser)
        await _lend(person, profile_id, runtime)
        return profile_id, browser.cookie_header(person.address)
    finally:
        browser.close()


async def _signed_in(person: Person, browser: HttpBrowser) -> str:
    wish = {"provider": "photos", "scopes": _SCOPES, "open_browser": False}
    sign_in = await person.ask("POST", "oauth/sign-ins", wish)
    page = await browser.open(sign_in["authorization_url"])
    page = await browser.submit(page, page.form("/sign-in"))
    page = await browser.submit(page, page.form("/consent"), values={"decision": "allow"})
    answer = page.any_form()
    if answer is not None:
        await browser.submit(page, answer)
    done = await person.wait_for_sign_in(sign_in["id"])
    return str(done["profile_id"])


async def _lend(person: Person, profile_id: str, runtime: Path) -> None:
    asking = asyncio.create_task(asyncio.to_thread(borrow_once, profile_id, runtime))
    question = await person.wait_for_question(asking)
    await person.ask("POST", f"approvals/{question['id']}", {"decision": "hour"})
    await asking


def borrow_once(profile_id: str, runtime: Path) -> None:
    """Ask for a token over the port."""
    requests = as_program(json.loads(runtime.read_text("utf-8")))
    try:
        requests.send("POST", f"/v1.0/profiles/{profile_id}/token", {})
    finally:
        requests.close()


def as_program(runtime: dict[str, Any]) -> Requests:
    """Return a connection that carries the ``api_key``."""
    return Requests(runtime["port"], {"Authorization": f"Bearer {runtime['api_key']}"})
