"""The composition root: the only place where concrete classes meet."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from functools import cached_property

from desktop_app.composition.accounts import Accounts
from desktop_app.composition.attention import PersonsAttention, Summons
from desktop_app.composition.backups import Backups
from desktop_app.composition.interface import LOCALE, STATIC, TEMPLATES
from desktop_app.composition.kept import Kept
from desktop_app.composition.lending import Lending
from desktop_app.composition.photo_story import PhotoStory
from desktop_app.composition.recipes import CommandRecipes
from desktop_app.composition.sealing import make_age_box
from desktop_app.config import Config
from desktop_app.itself import own_command
from desktop_app.services.events import EventBus
from desktop_app.services.lending.loans import Question
from desktop_app.services.locking.lock import LockService
from desktop_app.services.ports import Browser, Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.settings import SettingsService
from desktop_app.services.tokens.sign_outs import SignOuts
from desktop_app.store.preferences import Preferences
from desktop_app.transport.loopback_pages import LoopbackPages
from desktop_app.web.locale import Locales
from desktop_app.web.pages.tab import tab_pages
from desktop_app.web.services import Services
from desktop_app.window.autostart import start_at_login


class Core:
    """Every part that works without a port of its own, made when first asked for.

    Args:
        config: How this start was asked to behave.
        browser: The person's own.
        raise_window: Brings the window to the front; None where there is none to bring.
        summons: Brings a program's question to the person; None where nobody can be called.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        config: Config,
        *,
        browser: Browser,
        raise_window: Callable[[], Awaitable[bool]] | None,
        summons: Summons | None = None,
        clock: Clock = time.time,
    ) -> None:
        self._config = config
        self._browser = browser
        self._raise_window = raise_window
        self._summons = summons
        self.clock = clock
        self.events = EventBus()
        self._kept = Kept(config.folder)

    @cached_property
    def services(self) -> Services:
        """What handlers may ask for."""
        return Services(
            lock=self.lock,
            keys=self._kept.vault,
            providers=self._accounts.providers,
            sign_ins=self._accounts.sign_ins,
            profiles=self._accounts.profiles,
            tokens=self._accounts.tokens,
            lending=self._lending.service,
            programs=self._lending.programs,
            activity=self._lending.activity,
            account_choices=self._lending.choices,
            protected_resources=self._accounts.protected_resources,
            ways=self._accounts.ways,
            peers=self._lending.peers,
            expirations=self._accounts.expirations,
            rounds=self._accounts.rounds,
            sign_outs=SignOuts(browser=self._browser, random=secrets.token_bytes),
            settings=self.settings,
            recipes=CommandRecipes(self._config.folder.root),
            backups=self._backups.making,
            restores=self._backups.restoring,
            events=self.events,
            demo=self._story.printing,
            raise_window=self._raise_window,
        )

    @cached_property
    def lock(self) -> LockService:
        """Opens and closes everything that is sealed."""
        return LockService(
            vault=self._kept.vault,
            database=self._kept.database,
            publish=self.events.publish,
            clock=self.clock,
            auto_lock_minutes=lambda: self.settings.get().auto_lock_minutes,
            after_unlock=(
                self._kept.activity.open,
                self._lending.service.tidy,
                self._lending.choices.tidy,
                self._story.keeper.start,
                self._accounts.upkeep.start,
            ),
            before_lock=(
                self._backups.close,
                self._accounts.upkeep.stop,
                self._lending.service.close,
                self._accounts.rounds.close,
                self._accounts.sign_ins.close,
                self._accounts.tokens.close,
                self._story.keeper.stop,
                self._kept.activity.close,
            ),
        )

    @cached_property
    def settings(self) -> SettingsService:
        """The person's choices."""
        return SettingsService(
            documents=self._kept.documents,
            preferences=self.preferences,
            publish=self.events.publish,
            start_at_login=self._start_at_login,
        )

    @property
    def preferences(self) -> Preferences:
        """What is needed before unlocking."""
        return self._kept.preferences

    @property
    def profiles(self) -> ProfileService:
        """The accounts."""
        return self._accounts.profiles

    @cached_property
    def locales(self) -> Locales:
        """The window's languages."""
        return Locales.load(LOCALE)

    @cached_property
    def _accounts(self) -> Accounts:
        return Accounts(
            kept=self._kept,
            browser=self._browser,
            pages=self._loopback_pages,
            proxy=lambda: self.settings.get().proxy,
            events=self.events,
            clock=self.clock,
        )

    @cached_property
    def _lending(self) -> Lending:
        return Lending(
            loans=self._kept.loans,
            log=self._kept.activity,
            documents=self._kept.documents,
            can_ask=self._can_ask,
            profiles=self._accounts.profiles,
            settings=self.settings,
            attention=self._attention,
            lock=lambda: self.lock,
            can_narrow=self._accounts.tokens.can_narrow,
            events=self.events,
            clock=self.clock,
        )

    @cached_property
    def _backups(self) -> Backups:
        return Backups(
            database=self._kept.database,
            sealer=make_age_box(),
            profiles=self._accounts.profiles,
            settings=self.settings,
            photos=self._story.keeper,
            is_preset=lambda name: self._accounts.catalogue.get(name) is not None,
            lock=lambda: self.lock,
            clock=self.clock,
            publish=self.events.publish,
        )

    @cached_property
    def _story(self) -> PhotoStory:
        return PhotoStory(
            documents=self._kept.documents,
            providers=self._accounts.providers,
            runtime=self._config.folder.runtime_json,
            clock=self.clock,
        )

    @cached_property
    def _attention(self) -> PersonsAttention:
        def find(question_id: str) -> Question:
            # Looked up late: lending needs the attention too.
            return self._lending.programs.question(question_id)

        attention = PersonsAttention(
            self._summons,
            find=find,
            translate=lambda: self.locales.choose(self.settings.get().language).translate,
        )
        self.events.subscribe(attention.heard)
        return attention

    async def _can_ask(self) -> bool:
        """Whether a page of the person's is open, or there is another way to them."""
        return self.events.is_watched or self._attention.can_ask()

    def _start_at_login(self, wanted: bool) -> None:
        folder = str(self._config.folder.root)
        command = own_command("--no-window", "--data-dir", folder)
        start_at_login(command, wanted=wanted)

    def _loopback_pages(self) -> LoopbackPages:
        chosen = self.settings.get()
        locale = self.locales.choose(chosen.language)
        pages = tab_pages(TEMPLATES, STATIC, locale, chosen.theme)
        return LoopbackPages(done=pages.done, used=pages.used, stylesheet=pages.stylesheet)
