"""Which client a sign-in is made with, and where its answer may come back to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.authorization_code import wanted_scopes
from desktop_app.services.client_documents import described_redirects, names_a_document
from desktop_app.services.ports import HttpClient
from desktop_app.services.registered_client import RegisteredClient
from desktop_app.services.registrations import Registrations, registers_itself


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSignIn:
    """A provider with the client to use there.

    Attributes:
        redirects: Where to listen, the first choice first.
        registered: True if Coatcheck made the client itself and could make another.
    """

    provider: Provider
    metadata: ServerMetadata
    redirects: tuple[Redirect, ...]
    registered: bool = False


class SignInClients:
    """Finds the client of each sign-in, and makes it where nobody has one."""

    def __init__(self, registrations: Registrations, *, http: HttpClient) -> None:
        self._registrations = registrations
        self._http = http

    async def prepare(
        self, provider: Provider, metadata: ServerMetadata, scopes: tuple[str, ...] | None
    ) -> PreparedSignIn:
        """Return what the sign-in is made with; a registered client is looked at first.

        Raises:
            RegistrationError: If there is no client, and the provider registers none.
            ClientDocumentError: If the client ID is the address of a description that is wrong.
            EndpointError: If the provider's address for that is not one to go to.
            ProviderUnreachableError: If it does not answer.
        """
        if not registers_itself(provider):
            redirects = await self._entered_redirects(provider, metadata)
            return PreparedSignIn(provider=provider, metadata=metadata, redirects=redirects)
        wanted = wanted_scopes(provider, metadata, scopes)
        client = await self._registrations.ready(provider, metadata, scopes=wanted)
        return _with_client(provider, metadata, client)

    async def anew(
        self, provider: Provider, metadata: ServerMetadata, scopes: tuple[str, ...] | None
    ) -> PreparedSignIn:
        """Return it with another client: the provider doesn't know the one that was kept."""
        wanted = wanted_scopes(provider, metadata, scopes)
        client = await self._registrations.renew(provider, metadata, scopes=wanted)
        return _with_client(provider, metadata, client)

    async def _entered_redirects(
        self, provider: Provider, metadata: ServerMetadata
    ) -> tuple[Redirect, ...]:
        if names_a_document(provider, metadata):
            return await described_redirects(self._http, provider)
        return (provider.redirect,)


def _with_client(
    provider: Provider, metadata: ServerMetadata, client: RegisteredClient
) -> PreparedSignIn:
    return PreparedSignIn(
        provider=client.entered_in(provider),
        metadata=metadata,
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
