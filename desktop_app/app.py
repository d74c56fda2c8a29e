"""The composition root: the only place where concrete classes meet."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from functools import cached_property
from pathlib import Path

from desktop_app.config import Config
from desktop_app.demo.photo_service.service import PhotoService
from desktop_app.demo.printing import PrintShop
from desktop_app.itself import own_command
from desktop_app.program import Program, bind
from desktop_app.providers.catalogue import Catalogue
from desktop_app.services.events import EventBus
from desktop_app.services.lock import LockService
from desktop_app.services.photos import PhotosKeeper
from desktop_app.services.ports import Browser, Clock
from desktop_app.services.profiles import ProfileService
from desktop_app.services.providers import ProviderService
from desktop_app.services.settings import SettingsService
from desktop_app.services.sign_in import SignInService
from desktop_app.services.tokens import TokenService
from desktop_app.store.database import Database
from desktop_app.store.documents import DocumentStore
from desktop_app.store.pictures import PictureStore
from desktop_app.store.preferences import Preferences
from desktop_app.store.profiles import ProfileStore
from desktop_app.store.providers import ProviderStore
from desktop_app.transport.http import HttpClientAdapter
from desktop_app.transport.loopback import LoopbackListeners
from desktop_app.transport.loopback_pages import LoopbackPages
from desktop_app.transport.proxy import ProxyChoice
from desktop_app.vault.keyring import SystemKeyring
from desktop_app.vault.vault import Vault
from desktop_app.web.application import make_application, make_server
from desktop_app.web.locale import Locales
from desktop_app.web.pages.routes import page_routes
from desktop_app.web.pages.tab import tab_pages
from desktop_app.web.services import Services
from desktop_app.web.sessions import Sessions
from desktop_app.window.autostart import start_at_login

_HERE = Path(__file__).parent
_UI = _HERE.parent / "ui"
_PHOTOS_SCOPE = "photos.read"


class Core:
    """Every part that works without a port of its own, made when first asked for.

    Args:
        config: How this start was asked to behave.
        browser: The person's own.
        raise_window: Brings the window to the front; None where there is none to bring.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        config: Config,
        *,
        browser: Browser,
        raise_window: Callable[[], Awaitable[bool]] | None,
        clock: Clock = time.time,
    ) -> None:
        self._config = config
        self._browser = browser
        self._raise_window = raise_window
        self.clock = clock
        self.events = EventBus()

    @cached_property
    def services(self) -> Services:
        """What handlers may ask for."""
        return Services(
            lock=self.lock,
            keys=self._vault,
            providers=self.providers,
            sign_ins=self.sign_ins,
            profiles=self.profiles,
            tokens=self.tokens,
            settings=self.settings,
            events=self.events,
            demo=self._printing,
            raise_window=self._raise_window,
        )

    @cached_property
    def lock(self) -> LockService:
        """Opens and closes everything that is sealed."""
        return LockService(
            vault=self._vault,
            database=self._database,
            publish=self.events.publish,
            clock=self.clock,
            auto_lock_minutes=lambda: self.settings.get().auto_lock_minutes,
            after_unlock=(self._photos.start,),
            before_lock=(self.sign_ins.close, self.tokens.close, self._photos.stop),
        )

    @cached_property
    def settings(self) -> SettingsService:
        """The person's choices."""
        return SettingsService(
            documents=self._documents,
            preferences=self.preferences,
            publish=self.events.publish,
            start_at_login=self._start_at_login,
        )

    @cached_property
    def preferences(self) -> Preferences:
        """What is needed before unlocking."""
        return Preferences(self._config.folder.preferences_json)

    @cached_property
    def providers(self) -> ProviderService:
        """The catalogue, and the person's own providers."""
        return ProviderService(
            catalogue=self._catalogue,
            store=ProviderStore(self._database),
            http=self._http,
            clock=self.clock,
            publish=self.events.publish,
        )

    @cached_property
    def profiles(self) -> ProfileService:
        """The accounts."""
        return ProfileService(
            profiles=ProfileStore(self._database),
            pictures=PictureStore(self._database),
            clock=self.clock,
            publish=self.events.publish,
        )

    @cached_property
    def tokens(self) -> TokenService:
        """Tokens of kept grants."""
        return TokenService(
            profiles=self.profiles,
            providers=self.providers,
            http=self._http,
            clock=self.clock,
            random=secrets.token_bytes,
        )

    @cached_property
    def sign_ins(self) -> SignInService:
        """Sign-ins that are under way."""
        return SignInService(
            providers=self.providers,
            profiles=self.profiles,
            http=self._http,
            listeners=LoopbackListeners(self._loopback_pages),
            browser=self._browser,
            clock=self.clock,
            random=secrets.token_bytes,
            publish=self.events.publish,
        )

    @cached_property
    def locales(self) -> Locales:
        """The window's languages."""
        return Locales.load(_UI / "locale")

    @cached_property
    def _vault(self) -> Vault:
        return Vault(
            self._config.folder.vault_json, keyring=SystemKeyring(), random=secrets.token_bytes
        )

    @cached_property
    def _database(self) -> Database:
        return Database(self._config.folder.profiles_db, key=lambda: self._vault.key)

    @cached_property
    def _documents(self) -> DocumentStore:
        return DocumentStore(self._database)

    @cached_property
    def _http(self) -> HttpClientAdapter:
        return HttpClientAdapter(proxies=ProxyChoice(setting=lambda: self.settings.get().proxy))

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue.load(_HERE / "providers" / "presets")

    @cached_property
    def _photo_service(self) -> PhotoService:
        return PhotoService(documents=self._documents, clock=self.clock, random=secrets.token_bytes)

    @cached_property
    def _photos(self) -> PhotosKeeper:
        return PhotosKeeper(
            self._photo_service,
            find=self.providers.get,
            set_runtime=self.providers.set_runtime,
        )

    @cached_property
    def _printing(self) -> PrintShop:
        return PrintShop(
            lend=self._lend_photos, photos_url=lambda: f"{self._photo_service.issuer}/photos"
        )

    def _start_at_login(self, wanted: bool) -> None:
        folder = str(self._config.folder.root)
        command = own_command("--no-window", "--data-dir", folder)
        start_at_login(command, wanted=wanted)

    async def _lend_photos(self, profile_id: str) -> str:
        token = await self.tokens.access_token(profile_id, (_PHOTOS_SCOPE,))
        return token.access_token

    def _loopback_pages(self) -> LoopbackPages:
        chosen = self.settings.get()
        locale = self.locales.choose(chosen.language)
        pages = tab_pages(_UI / "templates", _UI / "static", locale, chosen.theme)
        return LoopbackPages(done=pages.done, used=pages.used, stylesheet=pages.stylesheet)


def serve(core: Core, config: Config) -> Program:
    """Bind the port and the socket and let *core* answer on both.

    Raises:
        PortTakenError: The port that was asked for can't be had.
        SocketTakenError: The place of the Unix socket can't be had.
    """
    sockets = bind(config.port, config.folder)
    port = sockets[0].getsockname()[1]
    sessions = Sessions(port=port, clock=core.clock, random=secrets.token_bytes)
    api_key = secrets.token_urlsafe(32)
    application = make_application(
        core.services,
        port=port,
        api_key=api_key,
        sessions=sessions,
        locales=core.locales,
        template_path=_UI / "templates",
        static_path=_UI / "static",
        pages=page_routes(core.services),
    )
    server = make_server(application)
    server.add_sockets(sockets)
    return Program(
        folder=config.folder,
        port=port,
        api_key=api_key,
        server=server,
        issue_ticket=lambda lifetime: sessions.issue_ticket(lifetime=lifetime),
        preferences=core.preferences,
        enders=(core.lock.close,),
        has_socket=len(sockets) > 1,
    )


async def check_keyring() -> None:
    """Ask the system keyring whether it works, within seconds.

    Raises:
        KeyringUnavailableError: It does not; the error says why.
    """
    await SystemKeyring().check()
