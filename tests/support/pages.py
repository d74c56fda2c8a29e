"""The pages over a real socket, with real services on stores in memory and made-up accounts."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from tornado.netutil import bind_sockets

from desktop_app.demo.printing import PrintedSheet
from desktop_app.errors import LockedError, NotFoundError
from desktop_app.providers.catalogue import Catalogue
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant, Picture, Profile, SignIn
from desktop_app.services.events import EventBus
from desktop_app.services.ports import VaultInfo
from desktop_app.services.profiles import ProfileService
from desktop_app.services.providers import ProviderService
from desktop_app.services.settings import SettingsService
from desktop_app.web.application import make_application, make_server
from desktop_app.web.locale import Locales
from desktop_app.web.pages.routes import page_routes
from desktop_app.web.services import Services
from desktop_app.web.sessions import Sessions

UI = Path(__file__).parents[2] / "ui"
ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 14, 13, 36, tzinfo=ZONE).timestamp()
HOUR, DAY = 3600.0, 86400.0


@dataclass
class Shelf:
    """A store in memory: whatever has an id."""

    things: dict[str, Any] = field(default_factory=dict)
    key: str = "id"

    def get(self, name: str) -> Any:
        return self.things.get(name)

    def find(self, issuer: str, subject: str) -> Any:
        found = (p for p in self.things.values() if (p.issuer, p.subject) == (issuer, subject))
        return next(found, None)

    def all(self) -> list[Any]:
        return list(self.things.values())

    async def save(self, thing: Any) -> None:
        self.things[getattr(thing, self.key)] = thing

    async def delete(self, name: str) -> None:
        self.things.pop(name, None)


class Documents:
    """Named documents in memory."""

    def __init__(self) -> None:
        self.things: dict[str, Mapping[str, Any]] = {}

    def get(self, name: str) -> Mapping[str, Any] | None:
        return self.things.get(name)

    async def save(self, name: str, document: Mapping[str, Any]) -> None:
        self.things[name] = document


class Preferences:
    """Preferences in memory."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def get(self) -> Mapping[str, Any]:
        return self.values

    async def save(self, values: Mapping[str, Any]) -> None:
        self.values = values


class Keys:
    """A vault whose state a test sets."""

    def __init__(self) -> None:
        self.shown = VaultInfo(state="unlocked", keyring=True, passphrase=True, keyring_usable=True)

    @property
    def state(self) -> str:
        return self.shown.state

    def info(self) -> VaultInfo:
        return self.shown


class Lock:
    """A lock over ``Keys``; the passphrase is always the same."""

    def __init__(self, keys: Keys, events: EventBus) -> None:
        self._keys = keys
        self._events = events

    @property
    def locked(self) -> bool:
        return self._keys.state != "unlocked"

    @property
    def state(self) -> str:
        return self._keys.state

    def touch(self) -> None:
        pass

    async def unlock(self, passphrase: str) -> None:
        if passphrase != "correct horse":
            raise LockedError
        self._keys.shown = replace(self._keys.shown, state="unlocked")
        self._events.publish("unlocked", {})

    async def lock(self) -> None:
        self._keys.shown = replace(self._keys.shown, state="locked")
        self._events.publish("locked", {})


class SignIns:
    """Sign-ins that a test sets."""

    def __init__(self, events: EventBus) -> None:
        self.things: dict[str, SignIn] = {}
        self._events = events

    def all(self) -> list[SignIn]:
        return list(self.things.values())

    def status(self, sign_in_id: str) -> SignIn:
        if sign_in_id not in self.things:
            raise NotFoundError
        return self.things[sign_in_id]

    async def start(self, *, provider_id: str, **_: Any) -> SignIn:
        self.change(sign_in(id="begun", provider=provider_id))
        return self.things["begun"]

    async def cancel(self, sign_in_id: str) -> None:
        self.change(replace(self.status(sign_in_id), status="cancelled", authorization_url=None))

    def change(self, changed: SignIn) -> None:
        self.things[changed.id] = changed
        self._events.publish("sign_in", {"id": changed.id, "status": changed.status})


class Demo:
    """A printing service that has one sheet."""

    async def print_sheet(self, _profile_id: str) -> PrintedSheet:
        return PrintedSheet(id="one", photos=8)

    def sheet(self, _sheet_id: str) -> bytes:
        return _png((640, 400), (150, 190, 185))


class NoHttp:
    """Nobody answers."""

    async def fetch(self, _request: Any) -> Any:
        raise NotFoundError


@dataclass
class Pages:
    """What a test may look at and change while the pages are served."""

    services: Services
    profiles: Shelf
    pictures: Shelf
    keys: Keys
    sign_ins: SignIns
    preferences: Preferences
    sessions: Sessions
    port: int
    clock: list[float]
    loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ticket_url(self) -> str:
        return f"{self.url}/?ticket={self.sessions.issue_ticket()}"

    def publish(self, event: str, data: Mapping[str, Any]) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.services.events.publish, event, data)


def _png(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def grant(**changes: Any) -> Grant:
    """Return a grant in the middle of its hour that renews itself."""
    values: dict[str, Any] = {
        "issuer": "https://accounts.example.org",
        "authorization_endpoint": "https://accounts.example.org/authorize",
        "token_endpoint": "https://accounts.example.org/token",
        "revocation_endpoint": "https://accounts.example.org/revoke",
        "client_id": "example-client",
        "access_token": "SECRET-ACCESS",
        "refresh_token": "SECRET-REFRESH",
        "access_token_issued_at": NOW - 31 * 60,
        "access_token_expires_at": NOW + 29 * 60,
        "scopes_requested": ("openid", "profile", "email"),
        "scopes_granted": ("openid", "profile", "email"),
        "protections": ("pkce", "state", "nonce", "iss", "id_token:RS256"),
    }
    return Grant(**{**values, **changes})


def profile(**changes: Any) -> Profile:
    """Return a made-up account."""
    values: dict[str, Any] = {
        "id": "sample",
        "provider": "google",
        "issuer": "https://accounts.example.org",
        "subject": "100000000000000000001",
        "name": "Sample Person",
        "email": "sample@example.org",
        "created_at": NOW - 225 * DAY,
        "updated_at": NOW - 2 * HOUR,
        "last_seen_at": NOW - 4.4 * HOUR,
        "claims": {
            "name": "Sample Person",
            "email": "sample@example.org",
            "email_verified": True,
            "locale": "en",
            "groups": ["staff", "photographers"],
        },
        "grant": grant(),
    }
    return Profile(**{**values, **changes})


def sign_in(**changes: Any) -> SignIn:
    """Return a sign-in that waits."""
    values: dict[str, Any] = {
        "id": "waiting",
        "provider": "github",
        "provider_name": "GitHub",
        "flow": "redirect",
        "status": "pending",
        "step": "waiting",
        "authorization_url": "https://github.com/login/oauth/authorize?client_id=example&state=x",
        "redirect_uri": "http://127.0.0.1:39121/callback",
        "created_at": NOW - 30,
        "expires_at": NOW + 570,
        "browser_opened": True,
    }
    return SignIn(**{**values, **changes})


def some_profiles() -> list[Profile]:
    """Return one account in each state that a page shows differently."""
    mail = "https://mail.google.com/"
    return [
        profile(
            grant=grant(
                scopes_requested=("openid", "profile", "email", mail),
                scopes_granted=("openid", "profile", "email"),
            )
        ),
        profile(
            id="coder",
            provider="github",
            subject="583231",
            name="Sample Coder",
            username="sample-coder",
            email=None,
            grant=grant(
                refresh_token=None,
                access_token_expires_at=None,
                revocation_endpoint=None,
                scopes_requested=("read:user", "repo", "workflow"),
                scopes_granted=("read:user", "repo", "workflow"),
                protections=("pkce", "state"),
            ),
        ),
        profile(
            id="works",
            provider="example-works",
            subject="s.person",
            name="S. Person",
            email="s.person@works.example",
            grant=grant(refresh_token_expires_at=NOW + 2 * DAY + 3.4 * HOUR),
        ),
        profile(
            id="lab",
            provider="gitlab",
            subject="77",
            name="Sample Lab",
            username="sample.lab",
            email="lab@example.org",
            grant=grant(
                scopes_requested=("openid", "read_user"),
                scopes_granted=("openid", "read_user", "api", "write_repository"),
            ),
        ),
        profile(
            id="office",
            provider="microsoft",
            subject="AAAA",
            name="Sample Office",
            email="office@example.org",
            status="needs_sign_in",
        ),
        profile(
            id="photos-anna",
            provider="photos",
            issuer="http://127.0.0.1:40404",
            subject="anna",
            name="Anna Albers",
            username="anna",
            email="anna@photos.example",
            created_at=NOW - 2 * HOUR,
            last_seen_at=NOW - 60,
            grant=grant(
                access_token_issued_at=NOW - 60,
                access_token_expires_at=NOW + 240,
                scopes_requested=(
                    "openid",
                    "profile",
                    "email",
                    "photos.read",
                    "photos.delete",
                    "offline_access",
                ),
                scopes_granted=("openid", "profile", "email", "photos.read", "offline_access"),
            ),
        ),
        profile(
            id="old",
            provider="google",
            subject="2",
            name="Проба Образцова",
            email="proba@example.org",
            status="revoked",
        ),
    ]


def _providers(store: Shelf, events: EventBus) -> ProviderService:
    service = ProviderService(
        catalogue=Catalogue.load(),
        store=store,
        http=NoHttp(),  # type: ignore[arg-type]
        clock=lambda: NOW,
        publish=events.publish,
    )
    photos = service.get("photos")
    service.set_runtime(replace(photos, issuer="http://127.0.0.1:40404", client_id="coatcheck"))
    return service


def _own_provider() -> Provider:
    return Provider(
        id="example-works",
        name="Example Works",
        issuer="https://login.works.example",
        client_id="desk",
        scopes=("openid", "profile", "email"),
    )


def build(port: int, preferences: Mapping[str, Any] | None = None) -> Pages:
    """Return the pages with no account; ``fill`` adds the made-up ones."""
    events = EventBus()
    profiles, pictures = Shelf(), Shelf(key="profile_id")
    own = _own_provider()
    clock = [NOW]
    keys, sign_ins = Keys(), SignIns(events)
    kept = Preferences(preferences or {})
    services = Services(
        lock=Lock(keys, events),  # type: ignore[arg-type]
        keys=keys,  # type: ignore[arg-type]
        providers=_providers(Shelf({own.id: own}), events),
        sign_ins=sign_ins,  # type: ignore[arg-type]
        profiles=ProfileService(
            profiles=profiles, pictures=pictures, clock=lambda: clock[0], publish=events.publish
        ),
        tokens=None,  # type: ignore[arg-type]
        settings=SettingsService(
            documents=Documents(),  # type: ignore[arg-type]
            preferences=kept,
            publish=events.publish,
        ),
        events=events,
        demo=Demo(),
    )
    sessions = Sessions(port=port, clock=lambda: datetime.now(UTC).timestamp(), random=_random)
    return Pages(services, profiles, pictures, keys, sign_ins, kept, sessions, port, clock)


def _random(count: int) -> bytes:
    import secrets

    return secrets.token_bytes(count)


def fill(pages: Pages) -> None:
    """Put every made-up account and sign-in in."""
    for each in some_profiles():
        pages.profiles.things[each.id] = each
    png = _png((256, 256), (205, 180, 150))
    pages.pictures.things["coder"] = Picture(
        profile_id="coder", png=png, source_url="https://example.org/a.png", fetched_at=NOW
    )
    for each_sign_in in (
        sign_in(),
        sign_in(id="unopened", step="browser", browser_opened=False),
        sign_in(id="denied", status="failed", error="access_denied", authorization_url=None),
        sign_in(id="done", status="completed", profile_id="sample", authorization_url=None),
        sign_in(
            id="failed",
            status="failed",
            error="provider_unreachable",
            message="github.com can't be reached: it refused the connection.",
            authorization_url=None,
        ),
    ):
        pages.sign_ins.things[each_sign_in.id] = each_sign_in


@contextmanager
def served(preferences: Mapping[str, Any] | None = None, *, empty: bool = False) -> Iterator[Pages]:
    """Serve the pages on a free port from a thread of their own."""
    [socket] = bind_sockets(0, "127.0.0.1")
    port = socket.getsockname()[1]
    pages = build(port, preferences)
    if not empty:
        fill(pages)
    ready, stop = threading.Event(), asyncio.Event()

    async def run() -> None:
        pages.loop = asyncio.get_running_loop()
        application = make_application(
            pages.services,
            port=port,
            api_key="key",
            sessions=pages.sessions,
            locales=Locales.load(UI / "locale"),
            template_path=UI / "templates",
            static_path=UI / "static",
            pages=page_routes(pages.services, clock=lambda: pages.clock[0], zone=ZONE),
        )
        server = make_server(application)
        server.add_sockets([socket])
        ready.set()
        await stop.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(10)
    try:
        yield pages
    finally:
        assert pages.loop is not None
        pages.loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def main() -> None:
    """Serve the pages until Enter is pressed, for looking at them by hand."""
    with served() as pages:
        print(json.dumps({"url": pages.ticket_url}), flush=True)
        input()


if __name__ == "__main__":
    main()
