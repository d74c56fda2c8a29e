"""The providers that a person can sign in to: presets, their own, and the built-in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.catalogue import Catalogue
from desktop_app.providers.draft_fields import bearer_token
from desktop_app.providers.model import Provider
from desktop_app.providers.origins import token_host
from desktop_app.providers.templates import unanswered
from desktop_app.services.errors import NotSupportedError
from desktop_app.services.ports import Clock, HttpClient, ProviderStore, Publish
from desktop_app.services.providers.discovery import Discovery
from desktop_app.services.providers.provider_drafts import ProviderDrafts
from desktop_app.services.providers.provider_entries import ProviderEntries
from desktop_app.services.providers.registrations import Registrations, registers_itself
from desktop_app.services.providers.told_metadata import (
    needs_no_discovery,
    told_endpoints,
    told_metadata,
)


class ProviderService:
    """Every provider by its id, and what it says of itself.

    Attributes:
        registrations: The clients that Coatcheck registered for itself.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        store: ProviderStore,
        http: HttpClient,
        clock: Clock,
        publish: Publish,
        registrations: Registrations,
    ) -> None:
        self.registrations = registrations
        self._publish = publish
        self._discovery = Discovery(http=http, clock=clock)
        self._entries = ProviderEntries(catalogue=catalogue, store=store, changed=self._changed)
        self._drafts = ProviderDrafts(
            entries=self._entries,
            discovery=self._discovery,
            registrations=registrations,
            metadata=self.metadata,
        )

    def all(self) -> Sequence[Provider]:
        """Return every provider: presets with the person's entries in them, then their own.

        Raises:
            LockedError: While the vault is locked.
        """
        return self._entries.all()

    def get(self, provider_id: str) -> Provider:
        """Return one provider.

        Raises:
            NotFoundError: If there is none with this id.
            LockedError: While the vault is locked.
        """
        return self._entries.get(provider_id)

    def servers(self, template_id: str) -> Sequence[Provider]:
        """Return the person's entries that were made from one preset with a host."""
        return self._entries.servers(template_id)

    def sending_to(self, origin: str) -> Set[str]:
        """Return the ids of those whose tokens may be sent to *origin*.

        Scheme, host and port must be equal: a host that only begins or ends alike is another's.
        OAuth 1.0a has no tokens to send; what is signed with it is asked for by the account.

        Raises:
            EndpointError: If it is no origin that a token may go to at all.
        """
        wanted = token_host(origin)
        sending = (each for each in self.all() if each.protocol != "oauth1")
        return {each.id for each in sending if wanted in each.token_hosts}

    def set_runtime(self, provider: Provider) -> None:
        """Let *provider* stand for its id until the program ends; it is not kept."""
        self._entries.set_runtime(provider)
        self._discovery.forget()

    async def add(self, draft: Mapping[str, Any]) -> Provider:
        """Keep a provider of the person's own and return it.

        An issuer is asked first, so that one that does not answer is never kept.

        Raises:
            InvalidRequestError: If a part can't be used, or the id is taken.
            DiscoveryError: If its issuer is no provider.
            RegistrationError: If Coatcheck shall register itself there and can't.
            ProviderUnreachableError: If its issuer does not answer.
        """
        return await self._drafts.add(draft)

    async def change(self, provider_id: str, draft: Mapping[str, Any]) -> Provider:
        """Put *draft* in the place of what is kept, and return the provider.

        A secret that the draft leaves out stays, unless the client ID, the issuer or an
        endpoint changes: then it goes, and has to be entered again.

        Raises:
            NotFoundError: If there is none with this id.
            InvalidRequestError: If a part can't be used or isn't the person's to change.
            DiscoveryError: If its issuer is no provider.
            RegistrationError: If Coatcheck shall register itself there and can't.
            ProviderUnreachableError: If its issuer does not answer.
        """
        return await self._drafts.change(provider_id, draft)

    async def delete(self, provider_id: str) -> None:
        """Forget a provider of the person's own; of a preset, what the person entered.

        A client that Coatcheck registered there is deleted at the provider too.

        Raises:
            NotFoundError: If there is nothing of the person's under this id.
        """
        registered = self.registrations.find(provider_id) is not None
        await self.registrations.withdraw(provider_id)
        await self._entries.delete(provider_id, missing_ok=registered)

    async def register_anew(self, provider_id: str, initial_access_token: str = "") -> Provider:
        """Give a provider's entry another client, whatever the one that is there is like.

        The earlier client stays where it is, because accounts may hang on it.

        Args:
            provider_id: The entry.
            initial_access_token: What the provider gave the person for this; kept once it served.

        Raises:
            NotFoundError: If there is none with this id.
            NotSupportedError: If Coatcheck does not register itself there.
            InvalidRequestError: If the token can't be one.
            RegistrationError: If the provider registers nobody, or refuses; the client stays.
            ProviderUnreachableError: If it does not answer; the client stays.
        """
        provider = self._entries.get(provider_id)
        if not registers_itself(provider) or unanswered(provider):
            raise NotSupportedError(what="Coatcheck has no client of its own making there")
        token = bearer_token("initial_access_token", initial_access_token)
        provider = replace(provider, initial_access_token=token or provider.initial_access_token)
        # What it said of itself an hour ago may be why the client is of no use.
        self._discovery.forget()
        await self.registrations.renew(provider, await self.metadata(provider))
        if token:
            # Of a preset there may be nothing of the person's yet.
            bare = Provider(id=provider.id, name=provider.name, protocol=provider.protocol)
            mine = self._entries.mine(provider_id) or bare
            await self._entries.keep(replace(mine, initial_access_token=token))
        else:
            self._changed(provider_id)
        return provider

    async def metadata(self, provider: Provider) -> ServerMetadata:
        """Return *provider*'s endpoints and abilities; what its entry says itself wins.

        Raises:
            DiscoveryError: If its issuer doesn't describe itself.
            EndpointError: If it names an address that Coatcheck doesn't go to.
            ProviderUnreachableError: If it doesn't answer, or isn't running.
        """
        explicit = told_endpoints(provider)
        if provider.issuer is None or needs_no_discovery(provider):
            return told_metadata(provider, explicit)
        if provider.issuer_assumed:
            found = await self._discovery.of_address(provider.issuer, ca_file=provider.ca_file)
            return replace(found, **explicit)
        found = await self._discovery.of_issuer(
            provider.issuer, issuer_template=provider.issuer_template, ca_file=provider.ca_file
        )
        return replace(found, **explicit)

    async def keys(
        self, uri: str, *, ca_file: str | None = None, fresh: bool = False
    ) -> JsonWebKeySet:
        """Return the key set at *uri*; *fresh* asks again, because a key was unknown.

        Raises:
            DiscoveryError: If there is no key set.
            ProviderUnreachableError: If nobody answers.
        """
        return await self._discovery.keys(uri, ca_file=ca_file, fresh=fresh)

    async def discover(self, address: str, *, ca_file: str | None = None) -> ServerMetadata:
        """Return the metadata of the provider that a person means by *address*.

        Raises:
            DiscoveryError: If no provider is there.
            EndpointError: If the address can't be used.
            ProviderUnreachableError: If nobody answers.
        """
        return await self._discovery.of_address(address, ca_file=ca_file)

    def _changed(self, provider_id: str) -> None:
        self._discovery.forget()
        self._publish("provider_changed", {"id": provider_id})
