"""A client that Coatcheck registered for itself, as it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, cast
from urllib.parse import urlsplit

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import RegistrationError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.registration import Registration, registered_client
from desktop_app.providers.model import (
    ClientAuthentication,
    Provider,
    Redirect,
    RedirectHost,
)

_METHODS: Final = frozenset(
    {"none", "client_secret_basic", "client_secret_post", "client_secret_jwt"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """What a provider registered, with the place that it is bound to. Kept sealed.

    Attributes:
        provider: The id of the provider's entry.
        issuer: Where the client is of use; with ``token_endpoint`` and ``endpoint``, where it
            was made, the only places that its secret and its registration token go to.
        redirect: How the entry wanted the answer to come back.
        redirect_uris: What was registered for that. Many providers compare ports, so there are
            several to choose from.
        scopes: What it may ask for; None where that was left to the provider.
        client_authentication: How it proves itself at the token endpoint.
        registered_at: Seconds since the epoch.
        former: Earlier clients of this entry that may still be there, because grants hang on
            them.
        gone: The provider said that it doesn't know the client any more.
    """

    provider: str
    issuer: str
    token_endpoint: str
    endpoint: str
    ca_file: str | None = None
    registration: Registration
    redirect: Redirect
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...] | None
    client_authentication: ClientAuthentication
    registered_at: float
    former: tuple[Registration, ...] = ()
    gone: bool = False

    @property
    def client_id(self) -> str:
        """The client ID that the provider gave."""
        return self.registration.client_id

    @property
    def credentials(self) -> Client:
        """The client as it proves itself."""
        return Client(
            client_id=self.client_id,
            client_secret=self.registration.client_secret,
            method=self.client_authentication,
        )

    def belongs_to(self, provider: Provider, metadata: ServerMetadata) -> bool:
        """Tell whether it was made where *provider* is now, for its way of coming back."""
        made = (self.issuer, self.token_endpoint, self.endpoint)
        here = (metadata.issuer, metadata.token_endpoint, metadata.registration_endpoint)
        return made == here and provider.redirect == self.redirect

    def covers(self, scopes: Iterable[str]) -> bool:
        """Tell whether it may ask for *scopes*."""
        return self.scopes is None or set(scopes) <= set(self.scopes)

    def known_as(self, client_id: str) -> bool:
        """Tell whether *client_id* is this client's, or an earlier one's of the same entry."""
        known = (self.registration, *self.former)
        return any(each.client_id == client_id for each in known)

    def entered_in(self, provider: Provider) -> Provider:
        """Return *provider* as if the person had entered this client there."""
        return replace(
            provider,
            client_id=self.client_id,
            client_secret=self.registration.client_secret,
            client_authentication=self.client_authentication,
        )

    def redirects(self) -> tuple[Redirect, ...]:
        """Return where the answer may be waited for, the first choice first."""
        if self.redirect.paste:
            return (self.redirect,)
        return tuple(_redirect(uri) for uri in self.redirect_uris if urlsplit(uri).port)


def authentication_of(
    provider: Provider, metadata: ServerMetadata, registration: Registration
) -> ClientAuthentication:
    """Return how the registered client proves itself: as the provider says, else as its entry.

    Raises:
        RegistrationError: If the provider wants a way that Coatcheck doesn't have.
    """
    secret = registration.client_secret is not None
    told = provider.client_authentication if secret else "none"
    if registration.token_endpoint_auth_method is None and told:
        return told
    supported = metadata.token_endpoint_auth_methods_supported
    method = registered_client(registration, supported).method
    if method not in _METHODS:
        raise RegistrationError("it wants proof of a kind that Coatcheck can't give")
    return cast("ClientAuthentication", method)


def _redirect(uri: str) -> Redirect:
    parts = urlsplit(uri)
    host = cast("RedirectHost", parts.netloc.rpartition(":")[0])
    return Redirect(host=host, port=parts.port, path=parts.path)
