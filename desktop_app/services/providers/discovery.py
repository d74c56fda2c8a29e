"""Asking providers what they say of themselves, and for their keys."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.errors import AppError, Reason
from desktop_app.oauth.errors import DiscoveryError, OAuthError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.issuer import issuer_candidates
from desktop_app.oauth.jwks import JsonWebKeySet, jwks_request, parse_jwks
from desktop_app.oauth.metadata import (
    ServerMetadata,
    discovery_request,
    discovery_urls,
    parse_metadata,
    same_origin_redirect,
)
from desktop_app.services.ports import Clock, HttpClient
from desktop_app.services.sign_ins.shared_values import SharedValues

LIFETIME = 3600.0
"""Seconds that metadata and keys are used before they are asked for again."""

_OK = 200
_MAX_REDIRECTS = 2


class Discovery:
    """Metadata by issuer and key sets by address, each asked for once an hour."""

    def __init__(self, *, http: HttpClient, clock: Clock) -> None:
        self._http = http
        self._metadata: SharedValues[tuple[str | None, ...], ServerMetadata]
        self._metadata = SharedValues(lifetime=LIFETIME, clock=clock)
        self._keys: SharedValues[tuple[str, str | None], JsonWebKeySet]
        self._keys = SharedValues(lifetime=LIFETIME, clock=clock)

    async def of_issuer(
        self, issuer: str, *, issuer_template: str | None = None, ca_file: str | None = None
    ) -> ServerMetadata:
        """Return what *issuer* says of itself.

        Raises:
            DiscoveryError: If nothing at its addresses describes this very issuer.
            EndpointError: If it names an address that Coatcheck doesn't go to.
            ProviderUnreachableError: If nobody answers.
        """

        async def ask() -> ServerMetadata:
            return await self._ask(issuer, issuer_template, ca_file)

        return await self._metadata.get((issuer, issuer_template, ca_file), ask)

    async def of_address(self, address: str, *, ca_file: str | None = None) -> ServerMetadata:
        """Return the metadata of the provider that a person means by *address*.

        Raises:
            DiscoveryError: If there is no provider with any spelling of the address.
            EndpointError: If the address, or one that the provider names, can't be used.
            ProviderUnreachableError: If nobody answers.
        """
        failures: list[AppError] = []
        for issuer in issuer_candidates(address):
            try:
                return await self.of_issuer(issuer, ca_file=ca_file)
            except OAuthError as error:
                failures.append(error)
        raise _most_telling(failures)

    async def keys(
        self, uri: str, *, ca_file: str | None = None, fresh: bool = False
    ) -> JsonWebKeySet:
        """Return the key set at *uri*; *fresh* asks again, because a key was unknown.

        Raises:
            DiscoveryError: If there is no key set.
            ProviderUnreachableError: If nobody answers.
        """

        async def ask() -> JsonWebKeySet:
            return parse_jwks(await self._http.fetch(jwks_request(uri, ca_file)))

        return await self._keys.get((uri, ca_file), ask, fresh=fresh)

    def forget(self) -> None:
        """Ask again next time: the person has changed something."""
        self._metadata.forget()
        self._keys.forget()

    async def _ask(
        self, issuer: str, issuer_template: str | None, ca_file: str | None
    ) -> ServerMetadata:
        failures: list[OAuthError] = []
        for url in discovery_urls(issuer):
            response = await self._document(url, ca_file)
            try:
                return parse_metadata(response, issuer=issuer, issuer_template=issuer_template)
            except OAuthError as error:
                failures.append(NothingThereError(response) if response.status != _OK else error)
        raise _most_telling(failures)

    async def _document(self, url: str, ca_file: str | None) -> HttpResponse:
        """Ask for the document at *url*; nothing secret goes along, so it may have moved."""
        response = await self._http.fetch(discovery_request(url, ca_file))
        for _ in range(_MAX_REDIRECTS):
            onward = same_origin_redirect(url, response)
            if onward is None:
                break
            url = onward
            response = await self._http.fetch(discovery_request(url, ca_file))
        return response


class NothingThereError(DiscoveryError):
    """Nothing at that address: says less than a document that is wrong."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(Reason("the address answers with status {status}", status=response.status))


def _most_telling(failures: Sequence[AppError]) -> AppError:
    """Return why a document that was there could not be used, else the first failure."""
    found = [error for error in failures if not isinstance(error, NothingThereError)]
    return (found or failures)[0]
