"""A person who signs in at the built-in photo service, and what they saw on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Any

from tornado.httpclient import HTTPResponse

from desktop_app.demo.http_browser import HttpBrowser
from tests.support.program import Program


class RecordingBrowser(HttpBrowser):
    """Remembers every address it was sent to and everything it sent."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    async def _fetch(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        self.seen += [url, (body or b"").decode("ascii")]
        return await super()._fetch(method, url, body, headers)


def visit_photos(
    url: str, *, decision: str = "allow", without: Collection[str] = ("photos.delete",)
) -> list[str]:
    """Sign in at the address *url*, answer with *decision*, and return what was seen."""
    return asyncio.run(_visit(url, decision, without))


async def _visit(url: str, decision: str, without: Collection[str]) -> list[str]:
    browser = RecordingBrowser()
    try:
        page = await browser.open(url)
        page = await browser.submit(page, page.form("/sign-in"))
        form = page.form("/consent")
        page = await browser.submit(page, form, values={"decision": decision}, without=without)
        answer = page.any_form()
        if answer is not None:
            page = await browser.submit(page, answer)
        assert page.status == 200, page.body
        return browser.seen
    finally:
        browser.close()


def begin_sign_in(
    program: Program, provider: str = "photos", *, login_hint: str | None = None
) -> dict[str, Any]:
    """Start a sign-in as a program would and return what the API says of it."""
    wish = {"provider": provider, "open_browser": False, "login_hint": login_hint}
    answer = program.as_program("POST", "/v1.0/oauth/sign-ins", wish)
    assert answer.status == 201, answer.body
    started: dict[str, Any] = answer.json
    return started


def ended_sign_in(program: Program, sign_in_id: str) -> dict[str, Any]:
    """Wait until the sign-in is over and return how it ended."""
    while True:
        found: dict[str, Any] = program.as_program("GET", f"/v1.0/oauth/sign-ins/{sign_in_id}").json
        if found["status"] != "pending":
            return found
        time.sleep(0.05)


def connect_photos(program: Program, email: str = "jane@photos.example") -> dict[str, Any]:
    """Connect an account at the photo service and return its profile."""
    started = begin_sign_in(program, login_hint=email)
    visit_photos(started["authorization_url"])
    return connected(program, started["id"])


def connected(program: Program, sign_in_id: str) -> dict[str, Any]:
    """Return the profile that the sign-in made."""
    ended = ended_sign_in(program, sign_in_id)
    assert ended["status"] == "completed", ended
    profile: dict[str, Any] = program.as_program(
        "GET", f"/v1.0/profiles/{ended['profile_id']}"
    ).json
    return profile
