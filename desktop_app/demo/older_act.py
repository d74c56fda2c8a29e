"""The second act of ``coatcheck demo``: the same story through OAuth 1.0a (RFC 5849)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from desktop_app.demo.errors import StoryError
from desktop_app.demo.http_browser import HttpBrowser, Page
from desktop_app.demo.person import Person
from desktop_app.demo.printing import print_photos

_SCOPES = ["profile", "email", "photos.read", "photos.delete"]
_DECLINED = "photos.delete"
_OK, _UNAUTHORIZED = 200, 401


class OlderAct:
    """Signs in with signatures, prints with signatures, and takes the access back.

    Args:
        browser: The person's own; she is still signed in at the photo service from the first act.
        person: Her session in Coatcheck.
        sheet: Where the contact sheet will be.
    """

    def __init__(self, browser: HttpBrowser, person: Person, sheet: Path) -> None:
        self._browser = browser
        self._person = person
        self._sheet = sheet
        self._sign_in: dict[str, Any] = {}
        self._profile: dict[str, Any] = {}
        self._photos: list[str] = []
        self._kept = ""

    def steps(self) -> list[tuple[str, Callable[[], Awaitable[str]]]]:
        """Return each step's title and what it does, in order."""
        return [
            ("Coatcheck fetches temporary credentials", self.prepare),
            ("Jane says yes again, and the browser brings a verifier back", self.consent),
            ("Coatcheck keeps her other profile", self.see_profile),
            ("Coatcheck signs a request for her photos, and they are listed", self.list_photos),
            ("The printing service prints with a signature for each photo", self.lend),
            ("A signature that was used opens nothing more", self.use_again),
            ("Jane takes that back too", self.take_back),
            ("What was signed before that opens nothing any more", self.try_again),
        ]

    async def prepare(self) -> str:
        """Start the sign-in."""
        wish = {"provider": "photos-oauth1", "scopes": _SCOPES, "open_browser": False}
        self._sign_in = await self._person.ask("POST", "oauth/sign-ins", wish)
        address = str(self._sign_in["authorization_url"]).partition("?")[0]
        return f"The browser is to open {address} and come back to {self._sign_in['redirect_uri']}."

    async def consent(self) -> str:
        """Say yes at the photo service."""
        page = await self._browser.open(self._sign_in["authorization_url"])
        form, values = page.form("/oauth1/consent"), {"decision": "allow"}
        page = await self._browser.submit(page, form, values=values, without={_DECLINED})
        if page.status != _OK or "?" in page.url:
            raise StoryError(reason=f"the browser did not come back ({page.status}).")
        return f"The browser came back to {page.url}."

    async def see_profile(self) -> str:
        """Look at what Coatcheck knows now."""
        sign_in = await self._person.wait_for_sign_in(self._sign_in["id"])
        self._profile = await self._person.ask("GET", f"profiles/{sign_in['profile_id']}")
        if _DECLINED in self._profile["scopes_granted"] or self._profile["status"] != "active":
            raise StoryError(reason="the profile does not show what was allowed.")
        allowed = " ".join(self._profile["scopes_granted"])
        return f"{self._profile['name']}, {self._profile['email']}. Allowed: {allowed}."

    async def list_photos(self) -> str:
        """List the photos with one signed request."""
        page = await self._fetch(self._photos_url(), await self._sign(self._photos_url()))
        if page.status != _OK:
            raise StoryError(reason=f"the photo service answers {page.status}.")
        self._photos = [photo["url"] for photo in json.loads(page.body)["photos"]]
        return f"{len(self._photos)} photos. The secret that signs never left Coatcheck."

    async def lend(self) -> str:
        """Give the printing service signatures and nothing else."""
        addresses = [self._photos_url(), *self._photos]
        signatures = {url: await self._sign(url) for url in addresses}
        printed = await print_photos(signatures, self._photos_url(), self._sheet)
        return f"{printed.photos} photos on a contact sheet, with {len(signatures)} signatures."

    async def use_again(self) -> str:
        """Send one signed request twice."""
        header = await self._sign(self._photos_url())
        first = await self._fetch(self._photos_url(), header)
        second = await self._fetch(self._photos_url(), header)
        if (first.status, second.status) != (_OK, _UNAUTHORIZED):
            raise StoryError(reason=f"they were answered {first.status} and {second.status}.")
        return "The photo service remembers it and turns it away (401)."

    async def take_back(self) -> str:
        """Revoke, and sign one more request beforehand to try afterwards."""
        self._kept = await self._sign(self._photos_url())
        answer = await self._person.ask("POST", f"profiles/{self._profile['id']}/revoke")
        if not answer.get("revoked") or answer.get("proof") != "provider_confirmed":
            raise StoryError(reason=str(answer.get("message") or "nothing was revoked."))
        return str(answer["message"])

    async def try_again(self) -> str:
        """Use what was signed before it was taken back."""
        page = await self._fetch(self._photos_url(), self._kept)
        if page.status != _UNAUTHORIZED:
            raise StoryError(reason=f"the photo service still answers {page.status}.")
        return "The photo service turns it away (401)."

    async def _sign(self, url: str) -> str:
        path = f"profiles/{self._profile['id']}/oauth1-signature"
        answer = await self._person.ask("POST", path, {"method": "GET", "url": url})
        return str(answer["authorization"])

    async def _fetch(self, url: str, authorization: str) -> Page:
        return await self._browser.send("GET", url, headers={"Authorization": authorization})

    def _photos_url(self) -> str:
        return f"{self._profile['issuer'].removesuffix('/oauth1/token')}/photos"
