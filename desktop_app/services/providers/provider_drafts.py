"""From what a person writes about a provider to an entry that is kept, checked with its issuer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from desktop_app.oauth.metadata import ServerMetadata, speaks_openid
from desktop_app.providers.draft import read_draft
from desktop_app.providers.draft_fields import refuse
from desktop_app.providers.model import Provider
from desktop_app.providers.personal import (
    own_server,
    read_personal,
    read_server,
    server_draft,
)
from desktop_app.providers.templates import is_template, read_values
from desktop_app.services.providers.discovery import Discovery
from desktop_app.services.providers.provider_entries import ProviderEntries
from desktop_app.services.providers.registrations import Registrations, registers_itself
from desktop_app.services.providers.told_metadata import needs_no_discovery

_OPENID = ("openid", "profile", "email")


class ProviderDrafts:
    """Keeps what drafts say; an issuer is asked first, so that a dead one is never kept.

    Args:
        entries: What is kept.
        discovery: Asks issuers.
        registrations: Makes the client of an entry that wants one, before it is kept.
        metadata: What an entry and its issuer say together.
    """

    def __init__(
        self,
        *,
        entries: ProviderEntries,
        discovery: Discovery,
        registrations: Registrations,
        metadata: Callable[[Provider], Awaitable[ServerMetadata]],
    ) -> None:
        self._entries = entries
        self._discovery = discovery
        self._registrations = registrations
        self._metadata = metadata

    async def add(self, draft: Mapping[str, Any]) -> Provider:
        """Keep a new entry; see `ProviderService.add`."""
        if draft.get("template") is not None:
            return await self._add_server(draft)
        provider = read_draft(draft)
        self._refuse_taken(provider)
        provider = await self._completed(provider, stated=draft.get("protocol") is not None)
        provider = replace(provider, id=provider.id or self._entries.free_id(provider))
        return await self._keep_new(provider, provider)

    async def change(self, provider_id: str, draft: Mapping[str, Any]) -> Provider:
        """Put *draft* in the place of what is kept; see `ProviderService.change`."""
        current = self._entries.get(provider_id)
        draft = self._without_registered(provider_id, draft)
        preset = self._entries.preset(current.template or provider_id)
        if current.origin == "built_in":
            raise refuse("id", "the built-in photo service looks after itself")
        if preset is None:
            changed = read_draft(draft, known=current)
            changed = await self._completed(changed, stated=draft.get("protocol") is not None)
            await self._registered(changed)
            return await self._entries.keep(changed)
        if current.template is None:
            await self._change_preset(current, preset, draft)
        else:
            await self._change_server(current, preset, draft)
        return self._entries.get(current.id)

    async def _change_preset(
        self, current: Provider, preset: Provider, draft: Mapping[str, Any]
    ) -> None:
        known = self._entries.mine(current.id)
        await self._entries.keep(read_personal(draft, preset=preset, known=known))

    async def _change_server(
        self, current: Provider, preset: Provider, draft: Mapping[str, Any]
    ) -> None:
        # Its server makes it what it is: another one is another entry.
        for name in draft.keys() & {"name", "values"}:
            if draft[name] != getattr(current, name):
                raise refuse(name, "it can't be changed; add the other server instead")
        further = {name: draft[name] for name in draft.keys() - {"name", "values"}}
        known = self._entries.mine(current.id) or current
        await self._entries.keep(read_server(further, preset=preset, known=known))

    async def _add_server(self, draft: Mapping[str, Any]) -> Provider:
        """Keep an entry for one server of a kind; its issuer, if it has one, is asked first."""
        preset = self._entries.preset(str(draft["template"]))
        if preset is None or not is_template(preset):
            raise refuse("template", "there is no such preset with a host")
        wanted = server_draft(preset, self._new_values(preset, draft), draft)
        self._refuse_taken(wanted)
        found = await self._completed(own_server(preset, wanted))
        wanted = replace(wanted, id=wanted.id or self._entries.free_id(wanted), issuer=found.issuer)
        kept = await self._keep_new(wanted, own_server(preset, wanted))
        return self._entries.get(kept.id)

    def _new_values(self, preset: Provider, draft: Mapping[str, Any]) -> Mapping[str, str]:
        """Return all that *preset* asks for, if it makes another server than those there."""
        values = read_values(preset, draft.get("values"))
        missing = [ask.name for ask in preset.asks if ask.name not in values]
        if missing:
            raise refuse(missing[0], "it is needed")
        if any(each.values == values for each in self._entries.servers(preset.id)):
            raise refuse("host", "this server is there already")
        return values

    def _refuse_taken(self, provider: Provider) -> None:
        if provider.id and self._entries.is_known(provider.id):
            raise refuse("id", "another provider has it already")

    async def _keep_new(self, mine: Provider, whole: Provider) -> Provider:
        """Keep the person's part of a new entry; *whole* has its preset's too."""
        await self._registered(whole)
        try:
            return await self._entries.keep(mine)
        except BaseException:
            await self._registrations.withdraw(whole.id)
            raise

    async def _registered(self, provider: Provider) -> None:
        """Make the client that the entry wants: a refusal is told while the person is there."""
        if registers_itself(provider):
            await self._registrations.ready(provider, await self._metadata(provider))

    def _without_registered(self, provider_id: str, draft: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answers name the registered client; sent back, it is none that was entered by hand."""
        kept = self._registrations.find(provider_id)
        if kept is None or draft.get("client_id") != kept.client_id:
            return draft
        return {name: value for name, value in draft.items() if name != "client_id"}

    async def _completed(self, provider: Provider, *, stated: bool = True) -> Provider:
        """Ask the issuer, and take its own spelling of itself and its usual permissions.

        Unless the protocol was *stated*, the issuer's description also says whether it is OpenID.
        """
        if provider.issuer is None or needs_no_discovery(provider):
            return provider
        found = await self._discovery.of_address(provider.issuer, ca_file=provider.ca_file)
        provider = replace(provider, issuer=found.issuer)
        if not stated and not speaks_openid(found):
            provider = replace(provider, protocol="oauth2")
        if provider.scopes or provider.protocol != "oidc":
            return provider
        return replace(provider, scopes=_usual_scopes(found))


def _usual_scopes(found: ServerMetadata) -> tuple[str, ...]:
    """Who you are, and staying signed in where the provider offers it."""
    supported = found.scopes_supported or _OPENID
    wanted = [name for name in (*_OPENID[1:], "offline_access") if name in supported]
    return ("openid", *wanted)
