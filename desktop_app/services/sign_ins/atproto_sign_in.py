"""Beginning at Bluesky and its like: the account's name leads to who signs it in."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.oauth.atproto_server import check_profile, session_endpoint
from desktop_app.oauth.client_id_document import loopback_client_id
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider
from desktop_app.providers.rules import AtprotoRules
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.readiness import redirect_uri_hint
from desktop_app.services.sign_ins.atproto_accounts import AtprotoAccounts
from desktop_app.services.sign_ins.atproto_details import EXPECTED_DID


class AtprotoSignIns:
    """Finds the server of an account, and who Coatcheck is there: nobody that registers."""

    def __init__(self, *, providers: ProviderService, accounts: AtprotoAccounts) -> None:
        self._providers = providers
        self._accounts = accounts

    async def described(
        self,
        provider: Provider,
        rules: AtprotoRules,
        *,
        name: str | None,
        scopes: tuple[str, ...] | None,
    ) -> tuple[Provider, ServerMetadata]:
        """Return the entry for one sign-in of the account *name*, and who signs it in.

        Without a name the entryway is asked, where the person can say who they are; the answer
        is checked in the same way then.

        Raises:
            AccountUnknownError: If nobody has that name.
            DiscoveryError: If its server doesn't say who signs people in, or not safely.
            ProviderUnreachableError: If somebody who has to be asked does not answer.
        """
        if name is None:
            metadata = await self._metadata(provider, rules.entryway)
            return self._entered(provider, metadata, scopes), metadata
        account = await self._accounts.find(rules, name)
        metadata = await self._metadata(provider, await self._accounts.issuer_of(account))
        metadata = replace(metadata, userinfo_endpoint=session_endpoint(account.server))
        entry = self._entered(provider, metadata, scopes)
        return replace(entry, values={EXPECTED_DID: account.did}), metadata

    async def _metadata(self, provider: Provider, issuer: str) -> ServerMetadata:
        return check_profile(await self._providers.metadata(replace(provider, issuer=issuer)))

    def _entered(
        self, provider: Provider, metadata: ServerMetadata, scopes: tuple[str, ...] | None
    ) -> Provider:
        """Return the entry with a client ID: that of a hosted description, or the protocol's own.

        Source: AT Protocol, OAuth specification, "Localhost Client Development".
        """
        wanted = scopes or provider.scopes
        scopes = wanted if "atproto" in wanted else ("atproto", *wanted)
        own = loopback_client_id([redirect_uri_hint(provider)], scopes)
        return replace(
            provider,
            issuer=metadata.issuer,
            client_id=provider.client_id or own,
            client_authentication="none",
            scopes=scopes,
        )
