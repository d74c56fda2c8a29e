"""Which client a sign-in is made with, and where its answer may come back to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop_app.oauth.atproto import account_name
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.ports import HttpClient
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.services.providers.registrations import registers_itself
from desktop_app.services.sign_ins.atproto_accounts import AtprotoAccounts
from desktop_app.services.sign_ins.atproto_sign_in import AtprotoSignIns
from desktop_app.services.sign_ins.authorization_code import wanted_scopes
from desktop_app.services.sign_ins.client_documents import described_redirects, names_a_document


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSignIn:
    """A provider with the client to use there.

    Attributes:
        scopes: What was asked for; None for the provider's own.
        redirects: Where to listen, the first choice first.
        login_hint: Names the account to the provider, as the provider writes such names.
        registered: True if Coatcheck made the client itself and could make another.
    """

    provider: Provider
    metadata: ServerMetadata
    scopes: tuple[str, ...] | None
    redirects: tuple[Redirect, ...]
    login_hint: str | None = None
    registered: bool = False


class SignInClients:
    """Finds the client of each sign-in, and makes it where nobody has one."""

    def __init__(self, providers: ProviderService, *, http: HttpClient) -> None:
        self._providers = providers
        self._registrations = providers.registrations
        self._atproto = AtprotoSignIns(providers=providers, accounts=AtprotoAccounts(http))
        self._http = http

    async def prepare(
        self, provider: Provider, scopes: tuple[str, ...] | None, login_hint: str | None
    ) -> PreparedSignIn:
        """Return what the sign-in is made with; a registered client is looked at first.

        Raises:
            DiscoveryError: If the provider's description can't be used.
            AccountUnknownError: If an account has to be looked up and isn't there.
            RegistrationError: If there is no client, and the provider registers none.
            ClientDocumentError: If the client ID is the address of a description that is wrong.
            EndpointError: If the provider's address for that is not one to go to.
            ProviderUnreachableError: If it does not answer.
        """
        if provider.atproto is not None:
            # People write the @ of a name, and servers refuse it there.
            name = account_name(login_hint) if login_hint is not None else None
            entry, metadata = await self._atproto.described(
                provider, provider.atproto, name=name, scopes=scopes
            )
            return replace(await self._entered(entry, metadata, None), login_hint=name)
        metadata = await self._providers.metadata(provider)
        if not registers_itself(provider):
            prepared = await self._entered(provider, metadata, scopes)
        else:
            wanted = wanted_scopes(provider, metadata, scopes)
            client = await self._registrations.ready(provider, metadata, scopes=wanted)
            prepared = _with_client(provider, metadata, scopes, client)
        return replace(prepared, login_hint=login_hint)

    async def anew(self, provider: Provider, refused: PreparedSignIn) -> PreparedSignIn:
        """Return *refused* with another client: the provider doesn't know the one it has."""
        metadata, scopes = refused.metadata, refused.scopes
        wanted = wanted_scopes(provider, metadata, scopes)
        client = await self._registrations.renew(provider, metadata, scopes=wanted)
        renewed = _with_client(provider, metadata, scopes, client)
        return replace(renewed, login_hint=refused.login_hint)

    async def _entered(
        self, provider: Provider, metadata: ServerMetadata, scopes: tuple[str, ...] | None
    ) -> PreparedSignIn:
        redirects = await self._entered_redirects(provider, metadata)
        return PreparedSignIn(
            provider=provider, metadata=metadata, scopes=scopes, redirects=redirects
        )

    async def _entered_redirects(
        self, provider: Provider, metadata: ServerMetadata
    ) -> tuple[Redirect, ...]:
        if names_a_document(provider, metadata):
            return await described_redirects(self._http, provider)
        return (provider.redirect,)


def _with_client(
    provider: Provider,
    metadata: ServerMetadata,
    scopes: tuple[str, ...] | None,
    client: RegisteredClient,
) -> PreparedSignIn:
    return PreparedSignIn(
        provider=client.entered_in(provider),
        metadata=metadata,
        scopes=scopes,
        redirects=_redirects(provider, client),
        registered=True,
    )


def _redirects(provider: Provider, client: RegisteredClient) -> tuple[Redirect, ...]:
    """The registered ports first; any other where that may do, in case those are all taken."""
    known = client.redirects()
    any_port = f"http://{provider.redirect.host}{provider.redirect.path}"
    if any_port not in client.redirect_uris:
        return known
    return (*known, replace(provider.redirect, port=None))
