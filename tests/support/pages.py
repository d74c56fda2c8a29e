"""The pages over a real socket, with real services on stores in memory and made-up accounts."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tornado.netutil import bind_sockets

from desktop_app.composition.lending import Lending
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Picture
from desktop_app.services.events import EventBus
from desktop_app.services.lending.askers import Asker
from desktop_app.services.lending.loans import Question, Wish
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.settings import SettingsService
from desktop_app.services.tokens.revocation_rounds import RevocationRounds
from desktop_app.services.upkeep.expirations import Expirations
from desktop_app.v1_0.schemas.activity import activity_body
from desktop_app.v1_0.urls import api_routes
from desktop_app.web.application import make_application, make_server
from desktop_app.web.pages.routes import page_routes
from desktop_app.web.services import Services
from desktop_app.web.sessions import Sessions
from tests.support import memory, shipped
from tests.support.lending import ListedLog
from tests.support.lent import lend_something
from tests.support.made_up import NOW, ZONE, sign_in, some_profiles
from tests.support.page_backups import page_backups
from tests.support.registering import make_registrations
from tests.support.stand_ins import (
    Demo,
    Documents,
    Keys,
    Lock,
    NoHttp,
    Preferences,
    Shelf,
    SignIns,
    TakingBack,
    png,
)
from tests.support.waiting import PATIENCE, eventually


@dataclass
class Pages:
    """What a test may look at and change while the pages are served."""

    services: Services
    profiles: Shelf
    pictures: Shelf
    keys: Keys
    lock: Lock
    sign_ins: SignIns
    preferences: Preferences
    sessions: Sessions
    loans: Shelf
    log: ListedLog
    lending: Lending
    port: int
    clock: list[float]
    taking_back: TakingBack
    loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ticket_url(self) -> str:
        return f"{self.url}/?ticket={self.sessions.issue_ticket()}"

    def ask(self, asker: Asker, wish: Wish) -> concurrent.futures.Future[Any]:
        """Let *asker* wait for the person; what it gets in the end is what it asked for."""
        assert self.loop is not None

        async def give(scopes: Sequence[str]) -> tuple[str, ...]:
            return tuple(scopes)

        waiting = self.services.lending.lend(asker, wish, give)
        return asyncio.run_coroutine_threadsafe(waiting, self.loop)

    def question(self) -> Question:
        """Wait for the question that was asked last."""
        return eventually(self.services.programs.questions)[-1]

    def publish(self, event: str, data: Mapping[str, Any]) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.services.events.publish, event, data)


def _providers(store: Shelf, events: EventBus) -> ProviderService:
    service = ProviderService(
        catalogue=shipped.catalogue(),
        store=store,
        http=NoHttp(),  # type: ignore[arg-type]
        clock=lambda: NOW,
        publish=events.publish,
        registrations=make_registrations(lambda: NOW),
    )
    photos = service.get("photos")
    service.set_runtime(replace(photos, issuer="http://127.0.0.1:40404", client_id="coatcheck"))
    return service


class Nobody:
    """`ports.Attention` of a test that opens the pages itself."""

    async def ask(self, approval_id: str) -> None:
        pass


async def somebody_is_there() -> bool:
    """Say that the person can be asked."""
    return True


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
    lock = Lock(keys, events)
    kept = Preferences(preferences or {})
    people = ProfileService(
        profiles=profiles, pictures=pictures, clock=lambda: clock[0], publish=events.publish
    )
    settings = SettingsService(
        documents=Documents(),  # type: ignore[arg-type]
        preferences=kept,
        publish=events.publish,
    )
    loans, log = Shelf(), ListedLog()
    lending = Lending(
        loans=loans,
        log=log,
        profiles=people,
        settings=settings,
        attention=Nobody(),
        lock=lambda: None,  # type: ignore[arg-type,return-value]
        documents=Documents(),  # type: ignore[arg-type]
        can_ask=somebody_is_there,
        can_narrow=lambda _profile: False,
        events=events,
        clock=lambda: clock[0],
    )
    taking_back = TakingBack(people)
    backups, restores = page_backups(profiles, people, settings, events, lambda: clock[0])
    services = Services(
        backups=backups,
        restores=restores,
        lock=lock,  # type: ignore[arg-type]
        keys=keys,  # type: ignore[arg-type]
        providers=_providers(Shelf({own.id: own}), events),
        sign_ins=sign_ins,  # type: ignore[arg-type]
        profiles=people,
        tokens=None,  # type: ignore[arg-type]
        lending=lending.service,
        programs=lending.programs,
        activity=lending.activity,
        account_choices=lending.choices,
        protected_resources=None,  # type: ignore[arg-type]
        ways=None,  # type: ignore[arg-type]
        peers=lending.peers,
        sign_outs=None,  # type: ignore[arg-type]
        settings=settings,
        recipes=memory.MemoryRecipes(),
        expirations=Expirations(profiles=people, clock=lambda: clock[0]),
        rounds=RevocationRounds(profiles=people, revoke=taking_back.revoke, publish=events.publish),
        events=events,
        demo=Demo(),
    )
    sessions = Sessions(port=port, clock=lambda: datetime.now(UTC).timestamp(), random=_random)
    return Pages(
        services,
        profiles,
        pictures,
        keys,
        lock,
        sign_ins,
        kept,
        sessions,
        loans,
        log,
        lending,
        port,
        clock,
        taking_back,
    )


def _random(count: int) -> bytes:
    import secrets

    return secrets.token_bytes(count)


def fill(pages: Pages) -> None:
    """Put every made-up account and sign-in in."""
    for each in some_profiles():
        pages.profiles.things[each.id] = each
    pages.pictures.things["coder"] = Picture(
        profile_id="coder",
        png=png((256, 256), (205, 180, 150)),
        source_url="https://example.org/a.png",
        fetched_at=NOW,
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
    lend_something(pages.loans, pages.log)


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
            locales=shipped.locales(),
            template_path=shipped.UI / "templates",
            static_path=shipped.UI / "static",
            routes=[
                *api_routes(pages.services),
                *page_routes(
                    pages.services,
                    activity_body=activity_body,
                    clock=lambda: pages.clock[0],
                    zone=ZONE,
                ),
            ],
        )
        server = make_server(application)
        server.add_sockets([socket])
        ready.set()
        await stop.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield pages
    finally:
        assert pages.loop is not None
        pages.loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)


def main() -> None:
    """Serve the pages until Enter is pressed, for looking at them by hand."""
    with served() as pages:
        print(json.dumps({"url": pages.ticket_url}), flush=True)
        input()


if __name__ == "__main__":
    main()
