"""The story of ``coatcheck demo``: every step for real, and told in words.

A person lets a printing service fetch her private photos from a photo sharing service without
giving it her password (the story that OAuth's own guides begin with, RFC 5849 section 1.2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from desktop_app.demo.errors import StoryError
from desktop_app.demo.http_browser import HttpBrowser, Page
from desktop_app.demo.older_act import OlderAct
from desktop_app.demo.person import Person
from desktop_app.demo.printing import Borrowing, print_photos
from desktop_app.errors import AppError

_SCOPES = ["openid", "profile", "email", "photos.read", "photos.delete", "offline_access"]
_DECLINED = "photos.delete"
_UNAUTHORIZED = 401
_OK = 200

_FIRST = "How a printing service gets photos without a password, step by step."
_SECOND = "The same the older way, with OAuth 1.0a: nothing is lent but signatures."

Write = Callable[[str], None]
Step = tuple[str, Callable[[], Awaitable[str]]]
"""Its title, and what does it and tells what was seen."""


class Act(Protocol):
    """A part of the story."""

    def steps(self) -> Sequence[Step]:
        """Return its steps in order."""


async def run_story(entry_url: str, *, runtime: Path, sheet: Path, write: Write) -> bool:
    """Play the whole story in a running Coatcheck and return whether every step worked.

    Args:
        entry_url: Coatcheck's address with a fresh ticket; the story acts as the person.
        runtime: Coatcheck's ``runtime.json``, for the printing service.
        sheet: Where the contact sheet will be; nothing may be there yet.
        write: Takes each line as it happens.
    """
    browser = HttpBrowser()
    try:
        person = Person(browser, entry_url)
        older = OlderAct(browser, person, sheet.with_name(f"older-{sheet.name}"))
        acts: list[tuple[str, Act]] = [(_FIRST, _Story(browser, person, sheet, runtime))]
        acts.append((_SECOND, older))
        return await _tell(acts, write)
    finally:
        browser.close()


async def _tell(acts: Sequence[tuple[str, Act]], write: Write) -> bool:
    for opening, act in acts:
        write(opening)
        write("")
        if not await _play(act.steps(), write):
            return False
        write("")
    write("Every step worked.")
    return True


async def _play(steps: Sequence[Step], write: Write) -> bool:
    for title, step in steps:
        try:
            seen = await step()
        except AppError as error:
            write(f"  ✗ {title}")
            write(f"    {error.message}")
            return False
        write(f"  ✓ {title}")
        write(f"    {seen}")
    return True


class _Story:
    def __init__(self, browser: HttpBrowser, person: Person, sheet: Path, runtime: Path) -> None:
        self._browser = browser
        self._person = person
        self._sheet = sheet
        self._runtime = runtime
        self._sign_in: dict[str, Any] = {}
        self._profile: dict[str, Any] = {}
        self._page: Page | None = None
        self._lent = ""

    def steps(self) -> list[Step]:
        """Return each step's title and what it does, in order."""
        return [
            ("Coatcheck is running in a throw-away folder", self.enter),
            ("It prepares a sign-in at the photo service", self.prepare),
            ("Jane signs in there, in her browser", self.sign_in),
            ("She lets Coatcheck see her photos, but not delete them", self.consent),
            ("Coatcheck keeps her profile", self.see_profile),
            ("Coatcheck renews the access, without her", self.renew),
            ("The printing service borrows the photos for a moment", self.lend),
            ("Jane takes it all back", self.take_back),
            ("What was lent opens nothing any more", self.try_again),
        ]

    async def enter(self) -> str:
        await self._person.enter()
        health = await self._person.ask("GET", "health")
        if health.get("locked"):
            raise StoryError(reason="Coatcheck is locked.")
        return f"{self._person.address}, version {health.get('version')}."

    async def prepare(self) -> str:
        wish = {"provider": "photos", "scopes": _SCOPES, "open_browser": False}
        self._sign_in = await self._person.ask("POST", "oauth/sign-ins", wish)
        address = str(self._sign_in["authorization_url"]).partition("?")[0]
        return f"The browser is to open {address} and come back to {self._sign_in['redirect_uri']}."

    async def sign_in(self) -> str:
        page = await self._browser.open(self._sign_in["authorization_url"])
        self._page = await self._browser.submit(page, page.form("/sign-in"))
        self._page.form("/consent")
        return "The photo service knows her; Coatcheck never saw the password."

    async def consent(self) -> str:
        page = self._page or await self._browser.open(self._sign_in["authorization_url"])
        decision = {"decision": "allow"}
        form = page.form("/consent")
        page = await self._browser.submit(page, form, values=decision, without={_DECLINED})
        answer = page.any_form()
        if answer is not None:
            # form_post: the answer is a form that a script sends to the loopback address.
            page = await self._browser.submit(page, answer)
        if page.status != _OK or "?" in page.url:
            raise StoryError(reason=f"the browser did not come back ({page.status}).")
        return f"The browser came back to {page.url}; no secret is left in the address."

    async def see_profile(self) -> str:
        sign_in = await self._person.wait_for_sign_in(self._sign_in["id"])
        profile = await self._person.ask("GET", f"profiles/{sign_in['profile_id']}")
        if _DECLINED in profile["scopes_granted"] or profile["status"] != "active":
            raise StoryError(reason="the profile does not show what was allowed.")
        self._profile = profile
        allowed = " ".join(profile["scopes_granted"])
        return f"{profile['name']}, {profile['email']}. Allowed: {allowed}."

    async def renew(self) -> str:
        profile = await self._person.ask("POST", f"profiles/{self._profile['id']}/refresh")
        return f"Good until {_clock_time(profile['access_token_expires_at'])}."

    async def lend(self) -> str:
        asking = Borrowing(runtime=self._runtime, profile_id=self._profile["id"])
        printing = asyncio.create_task(print_photos(asking, self._photos_url(), self._sheet))
        try:
            question = await self._person.wait_for_question(printing)
            await self._person.ask("POST", f"approvals/{question['id']}", {"decision": "once"})
            printed = await printing
        finally:
            printing.cancel()
        await self._keep_a_key()
        name = question["program"]["name"]
        return f"“{name}” asked, Jane said: once. It put {printed.photos} photos on a sheet."

    async def _keep_a_key(self) -> None:
        """Take a key of the same kind, to try it once everything is taken back."""
        path = f"profiles/{self._profile['id']}/token"
        lent = await self._person.ask("POST", path, {"scopes": ["photos.read"]})
        self._lent = lent["access_token"]

    async def take_back(self) -> str:
        answer = await self._person.ask("POST", f"profiles/{self._profile['id']}/revoke")
        if not answer.get("revoked") or answer.get("proof") != "provider_confirmed":
            raise StoryError(reason=str(answer.get("message") or "nothing was revoked."))
        return str(answer["message"])

    async def try_again(self) -> str:
        headers = {"Authorization": f"Bearer {self._lent}"}
        page = await self._browser.send("GET", self._photos_url(), headers=headers)
        if page.status != _UNAUTHORIZED:
            raise StoryError(reason=f"the photo service still answers {page.status}.")
        return "The photo service turns it away (401)."

    def _photos_url(self) -> str:
        return f"{self._profile['issuer']}/photos"


def _clock_time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M:%S")
