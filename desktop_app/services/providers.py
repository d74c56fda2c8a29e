"""The providers that a person can sign in to: presets, their own, and the built-in one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from desktop_app.errors import NotFoundError
from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.catalogue import Catalogue
from desktop_app.providers.draft import read_draft
from desktop_app.providers.draft_fields import refuse
from desktop_app.providers.model import Provider
from desktop_app.providers.personal import own_server, personalise, read_personal, server_draft
from desktop_app.providers.templates import is_template, read_values, unanswered
from desktop_app.services.discovery import Discovery
from desktop_app.services.ports import Clock, HttpClient, ProviderStore, Publish
from desktop_app.services.told_metadata import (
    needs_no_discovery,
    told_endpoints,
    told_metadata,
)

_OPENID = ("openid", "profile", "email")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


class ProviderService:
    """Every provider by its id, and what it says of itself."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        store: ProviderStore,
        http: HttpClient,
        clock: Clock,
        publish: Publish,
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._discovery = Discovery(http=http, clock=clock)
        self._publish = publish
        self._running: dict[str, Provider] = {}

    def all(self) -> Sequence[Provider]:
        """Return every provider: presets with the person's entries in them, then their own.

        Raises:
            LockedError: While the vault is locked.
        """
        presets = [self.get(preset.id) for preset in self._catalogue.all()]
        kept = [each for each in self._store.all() if self._catalogue.get(each.id) is None]
        own = [self.get(each.id) for each in kept]
        return (*presets, *sorted(own, key=lambda each: each.name.casefold()))

    def get(self, provider_id: str) -> Provider:
        """Return one provider.

        Raises:
            NotFoundError: If there is none with this id.
            LockedError: While the vault is locked.
        """
        if provider_id in self._running:
            return self._running[provider_id]
        mine = self._store.get(provider_id)
        preset = self._catalogue.get(provider_id)
        if preset is not None:
            return personalise(preset, mine)
        if mine is None:
            raise NotFoundError(provider_id)
        template = self._catalogue.get(mine.template or "")
        return mine if template is None else own_server(template, mine)

    def servers(self, template_id: str) -> Sequence[Provider]:
        """Return the person's entries that were made from one preset with a host."""
        return [each for each in self.all() if each.template == template_id]

    def set_runtime(self, provider: Provider) -> None:
        """Let *provider* stand for its id until the program ends; it is not kept."""
        self._running[provider.id] = provider
        self._discovery.forget()

    async def add(self, draft: Mapping[str, Any]) -> Provider:
        """Keep a provider of the person's own and return it.

        An issuer is asked first, so that one that does not answer is never kept.

        Raises:
            InvalidRequestError: If a part can't be used, or the id is taken.
            DiscoveryError: If its issuer is no provider.
            ProviderUnreachableError: If its issuer does not answer.
        """
        if draft.get("template") is not None:
            return await self._add_server(draft)
        provider = read_draft(draft)
        if provider.id and self._is_known(provider.id):
            raise refuse("id", "another provider has it already")
        provider = await self._completed(provider)
        return await self._keep(replace(provider, id=provider.id or self._free_id(provider)))

    async def change(self, provider_id: str, draft: Mapping[str, Any]) -> Provider:
        """Put *draft* in the place of what is kept, and return the provider.

        A secret that the draft leaves out stays, unless the client ID, the issuer or an
        endpoint changes: then it goes, and has to be entered again.

        Raises:
            NotFoundError: If there is none with this id.
            InvalidRequestError: If a part can't be used or isn't the person's to change.
            DiscoveryError: If its issuer is no provider.
            ProviderUnreachableError: If its issuer does not answer.
        """
        current = self.get(provider_id)
        preset = self._catalogue.get(current.template or provider_id)
        if current.origin == "built_in":
            raise refuse("id", "the built-in photo service looks after itself")
        if preset is not None:
            return await self._change_personal(current, preset, draft)
        return await self._keep(await self._completed(read_draft(draft, known=current)))

    async def delete(self, provider_id: str) -> None:
        """Forget a provider of the person's own; of a preset, what the person entered.

        Raises:
            NotFoundError: If there is nothing of the person's under this id.
        """
        if self._store.get(provider_id) is None:
            raise NotFoundError(provider_id)
        await self._store.delete(provider_id)
        self._changed(provider_id)

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

    async def discover(self, address: str) -> ServerMetadata:
        """Return the metadata of the provider that a person means by *address*.

        Raises:
            DiscoveryError: If no provider is there.
            EndpointError: If the address can't be used.
            ProviderUnreachableError: If nobody answers.
        """
        return await self._discovery.of_address(address)

    def redirect_uri_hint(self, provider: Provider) -> str:
        """Return the redirect URI to enter at *provider*; one without a port stands for any."""
        redirect = provider.redirect
        if redirect.paste:
            return redirect.paste
        port = "" if redirect.port is None else f":{redirect.port}"
        return f"http://{redirect.host}{port}{redirect.path}"

    def ready(self, provider: Provider) -> bool:
        """Tell whether a sign-in can begin: the client that the provider needs is there."""
        if provider.protocol == "oauth1":
            return _can_sign(provider) and not unanswered(provider)
        method = provider.client_authentication or ""
        if unanswered(provider) or self.unbuilt(provider):
            return False
        if provider.needs_secret or method.startswith("client_secret"):
            return bool(provider.client_id and provider.client_secret)
        if method == "private_key_jwt":
            return bool(provider.client_id and provider.private_key)
        return bool(provider.client_id)

    async def _change_personal(
        self, current: Provider, preset: Provider, draft: Mapping[str, Any]
    ) -> Provider:
        known = self._store.get(current.id)
        if current.template is None:
            await self._keep(read_personal(draft, preset=preset, known=known))
            return self.get(current.id)
        # Its server makes it what it is: another one is another entry.
        for name in draft.keys() & {"name", "values"}:
            if draft[name] != getattr(current, name):
                raise refuse(name, "it can't be changed; add the other server instead")
        further = {name: draft[name] for name in draft.keys() - {"name", "values"}}
        mine = read_personal(further, preset=current, known=known)
        entry = replace(
            mine,
            name=current.name,
            origin="own",
            template=current.template,
            values=current.values,
            issuer=current.issuer,
        )
        await self._keep(entry)
        return self.get(current.id)

    async def _add_server(self, draft: Mapping[str, Any]) -> Provider:
        """Keep an entry for one server of a kind; its issuer, if it has one, is asked first."""
        preset = self._catalogue.get(str(draft["template"]))
        if preset is None or not is_template(preset):
            raise refuse("template", "there is no such preset with a host")
        values = read_values(preset, draft.get("values"))
        missing = [ask.name for ask in preset.asks if ask.name not in values]
        if missing:
            raise refuse(missing[0], "it is needed")
        if any(each.values == values for each in self.servers(preset.id)):
            raise refuse("host", "this server is there already")
        wanted = server_draft(preset, values, draft)
        if wanted.id and self._is_known(wanted.id):
            raise refuse("id", "another provider has it already")
        found = await self._completed(own_server(preset, wanted))
        entry = replace(wanted, issuer=found.issuer)
        kept = await self._keep(replace(entry, id=entry.id or self._free_id(entry)))
        return self.get(kept.id)

    def unbuilt(self, provider: Provider) -> bool:
        """Tell whether nothing can sign in there yet, whatever the person enters."""
        # Bluesky: its endpoints are found from a person's handle.
        nowhere = provider.issuer is None and provider.authorization_endpoint is None
        return nowhere and provider.origin == "preset"

    async def _completed(self, provider: Provider) -> Provider:
        """Ask the issuer, and take its own spelling of itself and its usual permissions."""
        _refuse_unbuilt(provider)
        if provider.issuer is None or needs_no_discovery(provider):
            return provider
        found = await self._discovery.of_address(provider.issuer, ca_file=provider.ca_file)
        provider = replace(provider, issuer=found.issuer)
        if provider.scopes or provider.protocol != "oidc":
            return provider
        return replace(provider, scopes=_usual_scopes(found))

    async def _keep(self, provider: Provider) -> Provider:
        await self._store.save(provider)
        self._changed(provider.id)
        return provider

    def _changed(self, provider_id: str) -> None:
        self._discovery.forget()
        self._publish("provider_changed", {"id": provider_id})

    def _is_known(self, provider_id: str) -> bool:
        preset = self._catalogue.get(provider_id) or self._running.get(provider_id)
        return preset is not None or self._store.get(provider_id) is not None

    def _free_id(self, provider: Provider) -> str:
        base = _NOT_WORD.sub("-", provider.name.casefold()).strip("-")[:40].strip("-")
        base = base or "provider"
        number, found = 1, base
        while self._is_known(found) or found in {"openid", "new"}:
            number += 1
            found = f"{base}-{number}"
        return found


def _usual_scopes(found: ServerMetadata) -> tuple[str, ...]:
    """Who you are, and staying signed in where the provider offers it."""
    supported = found.scopes_supported or _OPENID
    wanted = [name for name in (*_OPENID[1:], "offline_access") if name in supported]
    return ("openid", *wanted)


def _can_sign(provider: Provider) -> bool:
    """Tell whether there is what OAuth 1.0a signs with."""
    by_key = (provider.signature_method or "").startswith("RSA")
    secret = provider.private_key if by_key else provider.client_secret
    return bool(provider.client_id and secret)


def _refuse_unbuilt(provider: Provider) -> None:
    """Refusing is better than keeping a wish that nothing fulfils yet."""
    if provider.register:
        raise refuse("register", "Coatcheck can't register itself yet; enter a client ID")
    if provider.dpop:
        raise refuse("dpop", "bound tokens can't be asked for yet")
