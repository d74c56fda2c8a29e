"""Which provider gives access to a server that says so itself, such as one for assistants."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop_app.errors import AppError, InvalidRequestError
from desktop_app.oauth.errors import OAuthError
from desktop_app.oauth.flow_errors import ResourceError, ResourceMetadataError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.protected_resource import (
    ResourceMetadata,
    named_metadata_url,
    parse_resource_metadata,
    resource_metadata_request,
    resource_metadata_url,
)
from desktop_app.oauth.resource_indicators import check_resource
from desktop_app.providers.model import Provider
from desktop_app.providers.origins import origin_of
from desktop_app.services.accounts import Profile
from desktop_app.services.exchange import ask
from desktop_app.services.ports import HttpClient
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService

_OK = 200
_EVERYBODY = 1 << 30
_OUR_SCOPES = ("openid", "offline_access")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceAccess:
    """How to get into a protected resource.

    Attributes:
        resource: As it names itself; tokens are asked for with it.
        profiles: The accounts that have access already.
    """

    provider: Provider
    resource: str
    profiles: tuple[Profile, ...] = ()


class ProtectedResources:
    """Finds the provider of a resource, and keeps an entry for the two, shared by everybody."""

    def __init__(
        self, *, providers: ProviderService, profiles: ProfileService, http: HttpClient
    ) -> None:
        self._providers = providers
        self._profiles = profiles
        self._http = http
        self._adding = asyncio.Lock()

    async def find(self, url: str, challenge: str = "") -> ResourceAccess:
        """Return how to get into *url*, after asking it which provider it trusts.

        Args:
            url: The address that answered 401.
            challenge: Its ``WWW-Authenticate`` header, which may say where its description is.

        Raises:
            InvalidRequestError: If *url* is no address of a protected resource.
            ResourceMetadataError: If it does not describe itself, or describes another address.
            DiscoveryError: If its provider does not describe itself.
            ProviderUnreachableError: If either does not answer.

        Source: RFC 9728 sections 3 and 5; MCP 2025-06-18, "Authorization".
        """
        try:
            check_resource(url)
        except ResourceError as error:
            raise InvalidRequestError("that is no address of a server", field="url") from error
        found = await self._described(url, challenge)
        if not found.authorization_servers:
            raise ResourceMetadataError("it names no provider")
        provider = await self._provider(found, found.authorization_servers[0])
        return ResourceAccess(
            provider=provider, resource=found.resource, profiles=self._accounts(provider)
        )

    async def _described(self, url: str, challenge: str) -> ResourceMetadata:
        refusal = HttpResponse(status=401, headers={"www-authenticate": challenge})
        named = named_metadata_url(refusal, url=url) if challenge else None
        places = [named] if named else _usual_places(url)
        for place in places[:-1]:
            try:
                return await self._read(place, url)
            except (OAuthError, AppError):
                continue
        return await self._read(places[-1], url)

    async def _read(self, place: str, url: str) -> ResourceMetadata:
        answer = await ask(self._http, resource_metadata_request(place))
        return parse_resource_metadata(answer, resource=_named(answer, url))

    async def _provider(self, found: ResourceMetadata, issuer: str) -> Provider:
        """Return the entry for issuer and resource; two who ask at once share one."""
        async with self._adding:
            for each in self._providers.all():
                if each.resources == (found.resource,) and _is_same(each.issuer, issuer):
                    return each
            metadata = await self._providers.discover(issuer)
            return await self._providers.add(_draft(found, issuer, metadata.scopes_supported or ()))

    def _accounts(self, provider: Provider) -> tuple[Profile, ...]:
        found, _ = self._profiles.list(provider=provider.id, limit=_EVERYBODY)
        return tuple(each for each in found if each.status != "revoked")


def _usual_places(url: str) -> Sequence[str]:
    """With the path first, then without: servers do either."""
    whole, root = resource_metadata_url(url), resource_metadata_url(origin_of(url))
    return [whole] if whole == root else [whole, root]


def _named(answer: HttpResponse, url: str) -> str:
    """Return how the description calls its resource, if that is *url* or what *url* lies in.

    A server that described another's address would get that other's tokens.

    Raises:
        ResourceMetadataError: It is another address.
    """
    try:
        name = parse_json_object(answer.body).get("resource") if answer.status == _OK else url
    except MalformedBodyError:
        return url
    if not isinstance(name, str) or not _lies_in(url, name):
        raise ResourceMetadataError("it describes another address")
    return name


def _lies_in(url: str, resource: str) -> bool:
    check_resource(resource)
    inner, outer = urlsplit(url), urlsplit(resource)
    if origin_of(url) != origin_of(resource) or (outer.query and outer.query != inner.query):
        return False
    folder = outer.path.rstrip("/") + "/"
    return (inner.path.rstrip("/") + "/").startswith(folder)


def _is_same(issuer: str | None, other: str) -> bool:
    return (issuer or "").rstrip("/") == other.rstrip("/")


def _draft(
    found: ResourceMetadata, issuer: str, scopes_supported: Sequence[str]
) -> Mapping[str, object]:
    """Ask for what the resource takes, and for what tells who it is and renews itself."""
    own = [each for each in _OUR_SCOPES if each in scopes_supported]
    return {
        "name": found.name or urlsplit(found.resource).netloc,
        "issuer": issuer,
        "protocol": "oidc" if "openid" in own else "oauth2",
        "register": True,
        "resources": [found.resource],
        "scopes": [*dict.fromkeys((*(found.scopes_supported or ()), *own))],
        "token_hosts": [origin_of(found.resource)],
    }
