"""The services put together as the program does, with memory in the place of the disk."""

from __future__ import annotations

import asyncio
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from desktop_app.providers.catalogue import Catalogue
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Picture, Profile, SignIn
from desktop_app.services.events import EventBus
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.sign_ins.sign_in import SignInService
from desktop_app.services.tokens.tokens import TokenService
from desktop_app.transport.http import HttpClientAdapter
from desktop_app.transport.loopback import LoopbackListeners
from tests.support.account_stores import (
    AccountPictures,
    AccountStore,
    Disk,
    ProviderEntries,
    RegisteredClients,
    TurnedClock,
)
from tests.support.registering import make_registrations
from tests.support.sample_provider import CLIENT_ID, SampleProvider


class RecordingBrowser:
    """Stands at ``ports.Browser``."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.works = True

    async def open(self, url: str) -> bool:
        self.opened.append(url)
        return self.works


class Rig:
    """Real services, HTTP and listeners; ``wait_over`` waits by events, not by time."""

    def __init__(
        self,
        *,
        lifetime: float = 600.0,
        clock: TurnedClock | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.clock = clock or TurnedClock(time.time())
        self.disk = Disk()
        self.profile_store = AccountStore(self.disk)
        self.picture_store = AccountPictures(self.disk)
        self.provider_store = ProviderEntries(self.disk)
        self.bus = EventBus()
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.bus.subscribe(lambda event, data: self.events.append((event, data)))
        self.http = HttpClientAdapter()
        self.browser = RecordingBrowser()
        self.listeners = LoopbackListeners()
        self.profiles = ProfileService(
            profiles=self.profile_store,
            pictures=self.picture_store,
            clock=self.clock,
            publish=self.bus.publish,
        )
        self.providers = ProviderService(
            catalogue=catalogue or Catalogue([]),
            store=self.provider_store,
            http=self.http,
            clock=self.clock,
            publish=self.bus.publish,
            registrations=make_registrations(
                self.clock,
                store=RegisteredClients(self.disk),
                http=self.http,
                profiles=self.profiles,
            ),
        )
        self.sign_ins = SignInService(
            providers=self.providers,
            profiles=self.profiles,
            http=self.http,
            listeners=self.listeners,
            browser=self.browser,
            clock=self.clock,
            random=secrets.token_bytes,
            publish=self.bus.publish,
            lifetime=lifetime,
        )
        self.tokens = TokenService(
            profiles=self.profiles,
            providers=self.providers,
            http=self.http,
            clock=self.clock,
            random=secrets.token_bytes,
        )

    async def __aenter__(self) -> Rig:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.sign_ins.close()
        await self.tokens.close()

    async def add_provider(self, sample: SampleProvider, **changes: Any) -> Provider:
        """Keep an entry for *sample* called ``sample``."""
        values = {
            "id": "sample",
            "name": "Sample",
            "issuer": sample.issuer,
            "client_id": CLIENT_ID,
            "scopes": ("openid", "profile", "email", "offline_access"),
        }
        provider = Provider(**{**values, **changes})
        await self.provider_store.save(provider)
        return provider

    async def start(self, sample: SampleProvider, **options: Any) -> SignIn:
        """Start a sign-in and let *sample* see its authorization request."""
        view = await self.sign_ins.start(**{"provider_id": "sample", **options})
        sample.saw(view.authorization_url or "")
        return view

    async def sign_in(self, sample: SampleProvider, **options: Any) -> SignIn:
        """Go through a whole sign-in and return how it ended."""
        return await self.answered(await self.start(sample, **options))

    async def answered(self, view: SignIn) -> SignIn:
        """Bring the good answer to *view* and return how it ended."""
        status, _ = await answer(view)
        assert status == 200
        return await self.wait_over(view.id)

    async def signed_in(self, sample: SampleProvider, **options: Any) -> Profile:
        """Go through a whole sign-in and return its profile."""
        view = await self.sign_in(sample, **options)
        assert view.status == "completed", (view.error, view.failure)
        return self.profiles.get(view.profile_id or "")

    async def picture_of(self, profile: Profile) -> Picture:
        """Wait for the picture of *profile*: one that takes its time comes after the sign-in."""
        async with asyncio.timeout(120):
            while (kept := self.profiles.picture(profile.id)) is None:
                await asyncio.sleep(0.005)
        return kept

    async def wait_over(self, sign_in_id: str) -> SignIn:
        """Wait until the sign-in is not pending any more."""
        async with asyncio.timeout(120):
            while self.sign_ins.status(sign_in_id).status == "pending":
                await asyncio.sleep(0.005)
        return self.sign_ins.status(sign_in_id)


def state_of(view: SignIn) -> str:
    return parse_qs(urlsplit(view.authorization_url or "").query)["state"][0]


def answer_url(view: SignIn, **parameters: str) -> str:
    """Return the final address of a sign-in; by default the good one."""
    values = {"code": "the-code", "state": state_of(view), **parameters}
    return f"{view.redirect_uri}?{urlencode({k: v for k, v in values.items() if v})}"


async def answer(view: SignIn, **parameters: str) -> tuple[int, str]:
    """Bring the answer to the listener as a browser does; returns status and text."""
    return await asyncio.to_thread(get, answer_url(view, **parameters))


def get(url: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=120) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
