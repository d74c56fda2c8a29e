"""The web application in a thread, on a real port and a real Unix socket."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, TypeVar

from tornado.netutil import bind_sockets, bind_unix_socket
from tornado.routing import URLSpec

from desktop_app.composition.backups import Backups
from desktop_app.composition.lending import Lending
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.events import EventBus
from desktop_app.services.lending.loans import Loan
from desktop_app.services.locking.lock import LockService
from desktop_app.services.ports import Peers
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.protected_resources import ProtectedResources
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.ways import Ways
from desktop_app.services.settings import SettingsService
from desktop_app.services.sign_ins.sign_in import SignInService
from desktop_app.services.tokens.revocation_rounds import RevocationRounds
from desktop_app.services.tokens.sign_outs import SignOuts
from desktop_app.services.tokens.tokens import TokenService
from desktop_app.services.upkeep.expirations import Expirations
from desktop_app.store.activity import ActivityLog
from desktop_app.store.database import Database
from desktop_app.store.documents import DocumentStore
from desktop_app.store.pictures import PictureStore
from desktop_app.store.preferences import Preferences
from desktop_app.store.profiles import ProfileStore
from desktop_app.store.programs import LoanStore
from desktop_app.store.providers import ProviderStore
from desktop_app.store.registrations import RegistrationStore
from desktop_app.transport.loopback import LoopbackListeners
from desktop_app.v1_0.urls import api_routes
from desktop_app.vault.vault import Vault
from desktop_app.web.application import make_application, make_server
from desktop_app.web.base import BaseHandler
from desktop_app.web.locale import Locales
from desktop_app.web.pages.base import PageHandler
from desktop_app.web.services import Services
from desktop_app.web.sessions import Sessions
from tests.support import memory, shipped
from tests.support.answers import json_answer
from tests.support.registering import make_registrations

API_KEY = "key-of-the-runtime-file"
NOW = 1_770_000_000.0
PHOTOS = "https://photos.example"

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return str(self.json["error"])


class PlainPage(PageHandler):
    """A page of the person's, for the tests of what all pages have in common."""

    async def get(self, *_: str) -> None:
        self.write("<p>hello</p>")

    async def post(self, *_: str) -> None:
        self.write("<p>done</p>")


class UnlockPage(PlainPage):
    """Stands for ``/unlock``."""

    while_locked = True


class SignedOutPage(BaseHandler):
    """Stands for ``/signed-out``."""

    public = True
    while_locked = True
    navigable = True

    async def get(self) -> None:
        self.write("<p>signed out</p>")


class FailingPage(PlainPage):
    """A page with a fault."""

    async def get(self, *_: str) -> None:
        raise RuntimeError("the fault")


class LeftPage(PlainPage):
    """A page whose reader goes away before the answer."""

    def initialize(self) -> None:
        self._left = asyncio.Event()

    def on_connection_close(self) -> None:
        self._left.set()

    async def get(self, *_: str) -> None:
        _log.debug("somebody reads")
        await self._left.wait()
        await self.finish("<p>too late</p>")


class RaisedWindow:
    """`ports.Attention`: the window comes to the front."""

    def __init__(self, raise_window: Callable[[], Awaitable[bool]]) -> None:
        self._raise_window = raise_window

    async def ask(self, approval_id: str) -> None:
        await self._raise_window()


PAGES = [
    URLSpec("/", PlainPage, name="accounts"),
    URLSpec("/user/([^/]+)", PlainPage, name="profile"),
    URLSpec("/unlock", UnlockPage, name="unlock"),
    URLSpec("/signed-out", SignedOutPage, name="signed-out"),
    URLSpec("/backups/([^/]+)", PlainPage, name="backup-file"),
    URLSpec("/failing", FailingPage, name="failing"),
    URLSpec("/left", LeftPage, name="left"),
]


class Served:
    """Everything behind a real server; all services are real, the network is not."""

    def __init__(self, folder: Path, *, with_keyring: bool = True) -> None:
        self.folder = folder
        self.socket_path = str(folder / "c.sock")
        self.clock = memory.Clock(NOW)
        self.keyring = memory.MemoryKeyring(usable=with_keyring)
        self.events = EventBus()
        self.http = memory.UnpluggedHttp()
        self.browser = memory.MemoryBrowser()
        self.raised = 0
        self.somebody_is_there = True
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="served")

    def __enter__(self) -> Served:
        self._thread.start()
        self.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _start(self) -> None:
        sockets = bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        self.sessions = Sessions(port=self.port, clock=self.clock, random=secrets.token_bytes)
        self.services = self._services()
        self.application = make_application(
            self.services,
            port=self.port,
            api_key=API_KEY,
            sessions=self.sessions,
            locales=Locales.load(self.folder / "locale"),
            template_path=self.folder / "templates",
            static_path=self.folder / "static",
            routes=[*api_routes(self.services), *PAGES],
        )
        await self.services.lock.start()
        self._server = make_server(self.application)
        self._server.add_sockets([*sockets, bind_unix_socket(self.socket_path, mode=0o600)])

    def _services(self) -> Services:
        publish = self.events.publish
        vault = Vault(self.folder / "vault.json", keyring=self.keyring, random=secrets.token_bytes)
        database = Database(self.folder / "profiles.db", key=lambda: vault.key)
        self.profile_store = ProfileStore(database)
        profiles = ProfileService(
            profiles=self.profile_store,
            pictures=PictureStore(database),
            clock=self.clock,
            publish=publish,
        )
        providers = ProviderService(
            catalogue=shipped.catalogue(),
            store=ProviderStore(database),
            http=self.http,
            clock=self.clock,
            publish=publish,
            registrations=make_registrations(
                self.clock, store=RegistrationStore(database), http=self.http
            ),
        )
        settings = SettingsService(
            documents=DocumentStore(database),
            preferences=Preferences(self.folder / "preferences.json"),
            publish=publish,
        )
        self.activity_log = ActivityLog(
            self.folder / "activity.log",
            key=lambda: vault.key,
            documents=DocumentStore(database),
        )
        self.loan_store = LoanStore(database)
        lending = self._lending(profiles, settings, DocumentStore(database))
        tokens = TokenService(
            profiles=profiles,
            providers=providers,
            http=self.http,
            clock=self.clock,
            random=secrets.token_bytes,
        )
        backups = self._make_backups(database, profiles, settings)
        return Services(
            lock=LockService(
                vault=vault,
                database=database,
                publish=publish,
                clock=self.clock,
                auto_lock_minutes=lambda: settings.get().auto_lock_minutes,
                after_unlock=(self.activity_log.open, lending.service.tidy),
                before_lock=(backups.close, lending.service.close, self.activity_log.close),
            ),
            lending=lending.service,
            programs=lending.programs,
            activity=lending.activity,
            account_choices=lending.choices,
            protected_resources=ProtectedResources(
                providers=providers, profiles=profiles, http=self.http
            ),
            ways=Ways(
                proxy=lambda: settings.get().proxy,
                providers=providers,
                profiles=profiles,
            ),
            peers=lending.peers,
            keys=vault,
            providers=providers,
            sign_ins=self._sign_ins(providers, profiles),
            profiles=profiles,
            tokens=tokens,
            expirations=Expirations(profiles=profiles, clock=self.clock),
            rounds=RevocationRounds(profiles=profiles, revoke=tokens.revoke, publish=publish),
            sign_outs=SignOuts(browser=self.browser, random=secrets.token_bytes),
            settings=settings,
            recipes=memory.MemoryRecipes(),
            backups=backups.making,
            restores=backups.restoring,
            events=self.events,
            demo=memory.MemoryPrinting(),
            raise_window=self._raise_window,
        )

    def _make_backups(
        self, database: Database, profiles: ProfileService, settings: SettingsService
    ) -> Backups:
        return Backups(
            database=database,
            sealer=memory.QuickSealer(),
            profiles=profiles,
            settings=settings,
            photos=memory.StandingPhotos(),
            is_preset=lambda name: shipped.catalogue().get(name) is not None,
            lock=lambda: self.services.lock,
            clock=self.clock,
            publish=self.events.publish,
        )

    def _lending(
        self, profiles: ProfileService, settings: SettingsService, documents: DocumentStore
    ) -> Lending:
        return Lending(
            documents=documents,
            can_ask=self._can_ask,
            loans=self.loan_store,
            log=self.activity_log,
            profiles=profiles,
            settings=settings,
            attention=RaisedWindow(self._raise_window),
            lock=lambda: self.services.lock,
            can_narrow=self._can_narrow,
            events=self.events,
            clock=self.clock,
        )

    def _can_narrow(self, profile: Profile) -> bool:
        return self.services.tokens.can_narrow(profile)

    def _sign_ins(self, providers: ProviderService, profiles: ProfileService) -> SignInService:
        return SignInService(
            providers=providers,
            profiles=profiles,
            http=self.http,
            listeners=LoopbackListeners(),
            browser=self.browser,
            clock=self.clock,
            random=secrets.token_bytes,
            publish=self.events.publish,
        )

    async def _can_ask(self) -> bool:
        return self.somebody_is_there

    async def _raise_window(self) -> bool:
        self.raised += 1
        return True

    async def _stop(self) -> None:
        await self.services.rounds.close()
        await self.services.sign_ins.close()
        await self.services.tokens.close()
        await self.services.lock.close()
        self._server.stop()
        await self._server.close_all_connections()
        # What the connections still had to say to their handlers.
        await asyncio.sleep(0)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        over_socket: bool = False,
    ) -> Answer:
        """Send one request; a body that is no bytes goes as JSON."""
        connection = self._connection(over_socket=over_socket)
        payload = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, body=payload, headers=dict(headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            cookies = response.headers.get_all("Set-Cookie") or []
            return Answer(response.status, found, response.read(), cookies)
        finally:
            connection.close()

    def _connection(self, *, over_socket: bool) -> http.client.HTTPConnection:
        if not over_socket:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection = http.client.HTTPConnection("localhost", timeout=120)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.connect(self.socket_path)
        return connection

    def program(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send one request with the key."""
        return self.ask(
            method, path, body, headers={"Authorization": f"Bearer {API_KEY}", **headers}
        )

    def person(self) -> Person:
        """Sign a browser in with a ticket."""
        ticket = self.sessions.issue_ticket()
        answer = self.ask("GET", f"/?ticket={ticket}")
        assert answer.status == 302, answer
        cookies: SimpleCookie = SimpleCookie()
        for line in answer.cookies:
            cookies.load(line)
        return Person(self, {name: morsel.value for name, morsel in cookies.items()})

    def lock(self) -> None:
        """Lock the vault."""
        self.run(self.services.lock.lock())

    def unlock(self) -> None:
        """Unlock the vault."""
        self.run(self.services.lock.unlock_with_keyring())

    def plug_in(self) -> None:
        """Let the provider of `add_profile` answer."""
        tokens = {"access_token": "new-access-token", "token_type": "Bearer", "expires_in": 300}
        self.http.answers |= {
            f"{PHOTOS}/token": json_answer(tokens),
            f"{PHOTOS}/revoke": json_answer({}),
            f"{PHOTOS}/introspect": json_answer({"active": True, "scope": "openid"}),
        }

    def add_profile(self, profile_id: str = "p1", **changes: Any) -> Profile:
        """Keep a profile with a grant; *changes* are of either."""
        values = _profile_values(profile_id)
        names = {name for name in changes if hasattr(values["grant"], name)}
        values["grant"] = replace(values["grant"], **{name: changes.pop(name) for name in names})
        profile = Profile(**(values | changes))
        self.run(self.profile_store.save(profile))
        return profile

    def answer_only(self, peers: Peers) -> None:
        """Ask *peers* who is at the other end from now on."""
        self.application.gate = replace(self.application.gate, peers=peers)

    def add_loan(self, loan_id: str, **values: Any) -> Loan:
        """Keep a loan of the profile ``p1``."""
        given: dict[str, Any] = {"profile_id": "p1", "decision": "always", "created_at": NOW}
        loan = Loan(id=loan_id, **(given | values))
        self.run(self.loan_store.save(loan))
        return loan


@dataclass
class Person:
    """A browser that is signed in."""

    served: Served
    cookies: dict[str, str]

    @property
    def cookie(self) -> str:
        return "; ".join(f'{name}="{value}"' for name, value in self.cookies.items())

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-XSRFToken": self.cookies["_xsrf"]}

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send one request as the window's script would."""
        return self.served.ask(method, path, body, headers={**self.headers, **headers})


def _profile_values(profile_id: str) -> dict[str, Any]:
    return {
        "id": profile_id,
        "provider": "photos",
        "issuer": PHOTOS,
        "subject": f"subject-{profile_id}",
        "name": "Ada Example",
        "username": "ada",
        "email": "ada@photos.example",
        "created_at": NOW,
        "updated_at": NOW,
        "last_seen_at": NOW,
        "claims": {"sub": f"subject-{profile_id}"},
        "grant": Grant(
            issuer=PHOTOS,
            authorization_endpoint=f"{PHOTOS}/authorize",
            token_endpoint=f"{PHOTOS}/token",
            revocation_endpoint=f"{PHOTOS}/revoke",
            introspection_endpoint=f"{PHOTOS}/introspect",
            client_id="client",
            client_secret="the-client-secret",
            access_token="the-access-token",
            access_token_issued_at=NOW,
            access_token_expires_at=NOW + 300,
            refresh_token="the-refresh-token",
            id_token="the-id-token",
            scopes_requested=("openid", "photos.read", "photos.delete"),
            scopes_granted=("openid", "photos.read"),
        ),
    }
