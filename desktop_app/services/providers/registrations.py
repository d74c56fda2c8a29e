"""Client IDs where the person has none: Coatcheck registers itself, and keeps what it got."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from desktop_app.errors import AppError
from desktop_app.oauth.errors import RegistrationError
from desktop_app.oauth.flow_errors import RegistrationGoneError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.registration import Registration, secret_expires
from desktop_app.providers.model import Provider
from desktop_app.providers.rules import RegistrationRules
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.ports import Clock, RegistrationStore
from desktop_app.services.providers.kept_clients import KeptClients, NewSecret
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.services.providers.registration_calls import RegistrationCalls

_log = logging.getLogger(__name__)

# A secret that ends while the person signs in would cost them the sign-in.
_SECRET_AHEAD_SECONDS: Final = 3600.0
_MAX_FORMER: Final = 20


def registers_itself(provider: Provider) -> bool:
    """Tell whether Coatcheck gets its client ID there itself; one entered by hand wins."""
    return provider.register and not provider.client_id


class Registrations:
    """One registered client for each provider's entry that wants one.

    A client is made once and looked at before each sign-in; one that is gone, over or of use no
    more is made anew. Earlier ones stay where they are, because grants hang on them.

    Args:
        store: Where they are kept.
        calls: What is asked of providers.
        clock: Seconds since the epoch.
        new_secret: Told each client that the provider gave another secret.
    """

    def __init__(
        self,
        *,
        store: RegistrationStore,
        calls: RegistrationCalls,
        clock: Clock,
        new_secret: NewSecret,
    ) -> None:
        self._clients = KeptClients(store, new_secret)
        self._calls = calls
        self._clock = clock
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def find(self, provider_id: str) -> RegisteredClient | None:
        """Return the client that is kept for a provider, or None.

        Raises:
            LockedError: While the vault is locked.
        """
        return self._clients.get(provider_id)

    async def ready(
        self, provider: Provider, metadata: ServerMetadata, *, scopes: Sequence[str] = ()
    ) -> RegisteredClient:
        """Return a client that is there and may ask for *scopes*; registered now if need be.

        Raises:
            RegistrationError: If the provider offers no registration, or refuses it.
            EndpointError: If its address is not one to go to.
            ProviderUnreachableError: If it does not answer.
        """
        async with self._locks[provider.id]:
            await self._clients.settle(provider.id)
            kept = self._clients.get(provider.id)
            current = await self._still_good(kept, provider, metadata)
            if current is None:
                return await self._register(provider, metadata, scopes, kept)
            if current.covers(scopes):
                return current
            return await self._widened(current, provider, metadata, scopes)

    async def renew(
        self, provider: Provider, metadata: ServerMetadata, *, scopes: Sequence[str] = ()
    ) -> RegisteredClient:
        """Register anew whatever is kept: it is of no use any more; raises as ``ready`` does.

        The new client may ask for all that the old one could.
        """
        async with self._locks[provider.id]:
            kept = self._clients.get(provider.id)
            known = (kept.scopes if kept else None) or ()
            return await self._register(provider, metadata, (*known, *scopes), kept)

    async def mended(self, provider_id: str, client_id: str, secret: str | None) -> bool:
        """Tell whether a client has another secret than *secret*, which was refused; kept by now.

        One that has ended there makes the provider refuse the client, and with it every grant
        that it came to, although it is registered still. Who was refused at the same time may
        have asked for the other one already.

        Raises:
            AppError: The other one can't be kept; it is not forgotten.

        Source: RFC 7592 sections 2.1 and 3.
        """
        async with self._locks[provider_id]:
            kept = self._clients.get(provider_id)
            if kept is None or kept.gone or kept.client_id != client_id:
                return False
            await self._clients.settle(provider_id)
            if kept.credentials.client_secret == secret:
                try:
                    found = await self._calls.look(kept, RegistrationRules())
                except AppError:
                    return False
                kept = await self._updated(kept, found)
            return kept.credentials.client_secret != secret

    async def lost(self, provider_id: str, client_id: str) -> bool:
        """Note that a provider doesn't know *client_id* any more; False if it was not ours.

        The next sign-in registers anew.
        """
        kept = self._clients.get(provider_id)
        if kept is None or not kept.known_as(client_id):
            return False
        if kept.client_id == client_id:
            _log.info("The provider %s has forgotten its registration", provider_id)
            await self._clients.save(replace(kept, gone=True))
        return True

    async def refused(self, provider_id: str) -> None:
        """Note that a provider has just refused its client; the next sign-in registers anew."""
        kept = self._clients.get(provider_id)
        if kept is not None:
            await self.lost(provider_id, kept.client_id)

    async def withdraw(self, provider_id: str) -> None:
        """Delete every client of an entry at the provider, as far as it allows, and here."""
        async with self._locks[provider_id]:
            kept = self._clients.get(provider_id)
            if kept is None:
                return
            for registration in (kept.registration, *kept.former):
                await self._delete(registration, kept)
            await self._clients.delete(provider_id)

    async def _still_good(
        self, kept: RegisteredClient | None, provider: Provider, metadata: ServerMetadata
    ) -> RegisteredClient | None:
        """Return *kept* as the provider has it now, or None if it can't be used any more."""
        if kept is None or kept.gone or not kept.belongs_to(provider, metadata):
            return None
        try:
            found = await self._calls.look(kept, provider.registration)
        except RegistrationGoneError:
            return None
        except AppError as error:
            # The registration's own address may be broken while signing in works.
            _log.info("The registration at %s can't be checked: %s", provider.id, error.code)
            found = kept.registration
        current = await self._updated(kept, found)
        over = secret_expires(found, now=self._clock(), ahead=_SECRET_AHEAD_SECONDS)
        return None if over else current

    async def _updated(self, kept: RegisteredClient, found: Registration) -> RegisteredClient:
        """Keep what the provider changed at once: it may have changed the secret."""
        if found == kept.registration:
            return kept
        return await self._clients.save(replace(kept, registration=found))

    async def _register(
        self,
        provider: Provider,
        metadata: ServerMetadata,
        scopes: Sequence[str],
        old: RegisteredClient | None,
    ) -> RegisteredClient:
        made = await self._calls.register(provider, metadata, scopes)
        former = () if old is None else (old.registration, *old.former)
        client = replace(made, former=former[:_MAX_FORMER])
        await self._clients.save(client)
        _log.info("Registered at %s", provider.id)
        return client

    async def _widened(
        self,
        kept: RegisteredClient,
        provider: Provider,
        metadata: ServerMetadata,
        scopes: Sequence[str],
    ) -> RegisteredClient:
        """Let the client ask for *scopes* too; where it can't be changed, take another one."""
        wanted = (*(kept.scopes or ()), *scopes)
        try:
            client = await self._calls.widen(kept, wanted)
        except (RegistrationError, ProviderUnreachableError) as error:
            # If the provider is away as a whole, registering anew says so.
            _log.info("The registration at %s can't be changed: %s", provider.id, error.code)
            return await self._register(provider, metadata, wanted, kept)
        return await self._clients.save(client)

    async def _delete(self, registration: Registration, kept: RegisteredClient) -> None:
        try:
            await self._calls.delete(registration, ca_file=kept.ca_file)
        except AppError as error:
            # A provider that is gone for good must not stay here for ever because of that.
            _log.warning("A registration of %s stays there: %s", kept.provider, error.code)
