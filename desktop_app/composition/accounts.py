"""Accounts put together: the providers, signing in, and what keeps an account going."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cached_property

from desktop_app.composition.kept import Kept
from desktop_app.providers.catalogue import Catalogue
from desktop_app.services.events import EventBus
from desktop_app.services.ports import Browser, Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.protected_resources import ProtectedResources
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.registration_calls import RegistrationCalls
from desktop_app.services.providers.registrations import Registrations
from desktop_app.services.providers.ways import Ways
from desktop_app.services.sign_ins.sign_in import SignInService
from desktop_app.services.tokens.registered_grants import RegisteredGrants
from desktop_app.services.tokens.revocation_rounds import RevocationRounds
from desktop_app.services.tokens.tokens import TokenService
from desktop_app.services.upkeep.backoff import Backoff
from desktop_app.services.upkeep.expirations import Expirations
from desktop_app.services.upkeep.upkeep import Upkeep
from desktop_app.transport.http import HttpClientAdapter
from desktop_app.transport.loopback import LoopbackListeners
from desktop_app.transport.loopback_pages import LoopbackPages
from desktop_app.transport.proxy import ProxyChoice


class Accounts:
    """The parts that have to do with providers, made when first asked for.

    Args:
        browser: The person's own, for signing in.
        pages: Makes what it shows once the redirect has come.
        proxy: The one that the person set; empty for the environment's.
    """

    def __init__(
        self,
        *,
        kept: Kept,
        browser: Browser,
        pages: Callable[[], LoopbackPages],
        proxy: Callable[[], str],
        events: EventBus,
        clock: Clock,
    ) -> None:
        self._kept = kept
        self._browser = browser
        self._pages = pages
        self._proxy = proxy
        self._events = events
        self._clock = clock

    @cached_property
    def catalogue(self) -> Catalogue:
        """What is known of providers from the start."""
        return Catalogue.load()

    @cached_property
    def providers(self) -> ProviderService:
        """The catalogue, and the person's own providers."""
        return ProviderService(
            catalogue=self.catalogue,
            store=self._kept.providers,
            http=self._http,
            clock=self._clock,
            publish=self._events.publish,
            registrations=self._registrations,
        )

    @cached_property
    def profiles(self) -> ProfileService:
        """The accounts."""
        return ProfileService(
            profiles=self._kept.profiles,
            pictures=self._kept.pictures,
            clock=self._clock,
            publish=self._events.publish,
        )

    @cached_property
    def sign_ins(self) -> SignInService:
        """Sign-ins that are under way."""
        return SignInService(
            providers=self.providers,
            profiles=self.profiles,
            http=self._http,
            listeners=LoopbackListeners(self._pages),
            browser=self._browser,
            clock=self._clock,
            random=secrets.token_bytes,
            publish=self._events.publish,
        )

    @cached_property
    def tokens(self) -> TokenService:
        """Tokens of kept grants."""
        return TokenService(
            profiles=self.profiles,
            providers=self.providers,
            http=self._http,
            clock=self._clock,
            random=secrets.token_bytes,
            used=self._used,
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        """Renews grants ahead of their end."""
        return Upkeep(
            profiles=self.profiles,
            renew=self.tokens.renew,
            subscribe=self._events.subscribe,
            clock=self._clock,
            backoff=Backoff(random=secrets.token_bytes),
        )

    @cached_property
    def expirations(self) -> Expirations:
        """What ends when."""
        return Expirations(profiles=self.profiles, clock=self._clock)

    @cached_property
    def rounds(self) -> RevocationRounds:
        """Takes every account back."""
        return RevocationRounds(
            profiles=self.profiles, revoke=self.tokens.revoke, publish=self._events.publish
        )

    @cached_property
    def protected_resources(self) -> ProtectedResources:
        """Which provider a server belongs to."""
        return ProtectedResources(providers=self.providers, profiles=self.profiles, http=self._http)

    @cached_property
    def ways(self) -> Ways:
        """How a server is reached from here."""
        return Ways(proxy=self._proxy, providers=self.providers, profiles=self.profiles)

    @cached_property
    def _http(self) -> HttpClientAdapter:
        return HttpClientAdapter(proxies=ProxyChoice(setting=self._proxy))

    @cached_property
    def _registrations(self) -> Registrations:
        return Registrations(
            store=self._kept.registrations,
            calls=RegistrationCalls(http=self._http, clock=self._clock, random=secrets.token_bytes),
            clock=self._clock,
            new_secret=RegisteredGrants(self.profiles).take_secret,
        )

    def _used(self, profile_id: str) -> None:
        # Looked up late: the upkeep needs the tokens too.
        self.upkeep.used(profile_id)
