"""Which provider gives access to a server that says so itself, such as one for assistants."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.flow_errors import ResourceError, ResourceMetadataError
from desktop_app.oauth.metadata import ServerMetadata, speaks_openid
from desktop_app.oauth.resource_indicators import check_resource
from desktop_app.providers.model import Provider
from desktop_app.providers.origins import origin_of
from desktop_app.services.accounts import Profile
from desktop_app.services.ports import HttpClient
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.authorities import authority_for
from desktop_app.services.providers.discovery import NothingThereError
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.resource_descriptions import (
    described,
    refusal,
    wanted_scopes,
)

_EVERYBODY = 1 << 30
_OUR_SCOPES = ("openid", "offline_access")
_FORM_SECRET = "client_secret_post"
# Where a server from before RFC 9728 has its endpoints if it names none.
_USUAL_ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "registration_endpoint": "/register",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceAccess:
    """How to get into a protected resource.

    Attributes:
        resource: As it names itself; tokens are asked for with it.
        profiles: The accounts that have access already.
        scopes: What the refusal said is missing.
        described: False where it says nothing of itself and is its own provider.
    """

    provider: Provider
    resource: str
    profiles: tuple[Profile, ...] = ()
    scopes: tuple[str, ...] = ()
    described: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    """What an entry is made of: for what, at which provider, and what to ask for."""

    name: str
    address: str
    issuer: str
    scopes: tuple[str, ...]


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

        A server that says nothing of itself is its own provider, as MCP 2025-03-26 has it.

        Args:
            url: The address that answered 401.
            challenge: Its ``WWW-Authenticate`` header, which may say where its description is.

        Raises:
            InvalidRequestError: If *url* is no address of a protected resource.
            ResourceMetadataError: If it describes itself wrongly, or another address.
            DiscoveryError: If its provider does not describe itself.
            RegistrationError: If its provider lets no program register itself.
            ProviderUnreachableError: If either does not answer.

        Source: RFC 9728 sections 3 and 5; MCP 2025-11-25 and 2025-03-26, "Authorization".
        """
        try:
            check_resource(url)
        except ResourceError as error:
            raise InvalidRequestError("that is no address of a server", field="url") from error
        refused = refusal(challenge)
        ca_file = self._authority(url)
        found = await described(self._http, url, refused, ca_file=ca_file)
        missing = wanted_scopes(refused)
        if found is not None and not found.authorization_servers:
            raise ResourceMetadataError("it names no provider")
        wanted = _itself(url, missing)
        if found is not None:
            wanted = _Resource(
                name=found.name or urlsplit(found.resource).netloc,
                address=found.resource,
                issuer=found.authorization_servers[0],
                scopes=missing or found.scopes_supported or (),
            )
        provider = await self._provider(wanted, may_be_silent=found is None)
        return ResourceAccess(
            provider=provider,
            resource=wanted.address,
            profiles=self._accounts(provider),
            scopes=missing,
            described=found is not None,
        )

    async def _provider(self, wanted: _Resource, *, may_be_silent: bool) -> Provider:
        """Return the entry for issuer and resource; two who ask at once share one."""
        async with self._adding:
            for each in self._providers.all():
                if each.resources == (wanted.address,) and _is_of(each, wanted.issuer):
                    return each
            ca_file = self._authority(wanted.issuer)
            try:
                metadata = await self._providers.discover(wanted.issuer, ca_file=ca_file)
                draft = _draft(wanted, metadata)
            except NothingThereError:
                if not may_be_silent:
                    raise
                draft = _silent_draft(wanted)
            return await self._providers.add({**draft, "ca_file": ca_file} if ca_file else draft)

    def _authority(self, url: str) -> str | None:
        return authority_for(url, self._providers.all(), self._profiles.all())

    def _accounts(self, provider: Provider) -> tuple[Profile, ...]:
        found, _ = self._profiles.list(provider=provider.id, limit=_EVERYBODY)
        return tuple(each for each in found if each.status != "revoked")


def _itself(url: str, scopes: tuple[str, ...]) -> _Resource:
    """Called by its address alone, it is shown as one for which nobody else vouches."""
    origin = origin_of(url)
    return _Resource(name=urlsplit(origin).netloc, address=origin, issuer=origin, scopes=scopes)


def _is_of(provider: Provider, issuer: str) -> bool:
    told = provider.issuer or (provider.authorization_endpoint or "").removesuffix(
        _USUAL_ENDPOINTS["authorization_endpoint"]
    )
    return told.rstrip("/") == issuer.rstrip("/")


def _draft(wanted: _Resource, metadata: ServerMetadata) -> Mapping[str, object]:
    """Ask for what the resource takes, and for what tells who it is and renews itself."""
    own = [each for each in _OUR_SCOPES if each in (metadata.scopes_supported or ())]
    draft = _common(wanted, own) | {
        "issuer": wanted.issuer,
        "protocol": "oidc" if "openid" in own and speaks_openid(metadata) else "oauth2",
    }
    # Servers made with MCP's own libraries read a client's name from the form alone, also those
    # that offer the header.
    if _FORM_SECRET in (metadata.token_endpoint_auth_methods_supported or ()):
        draft["client_authentication"] = _FORM_SECRET
    return draft


def _silent_draft(wanted: _Resource) -> Mapping[str, object]:
    """Source: MCP 2025-03-26, "Fallbacks for Servers without Metadata Discovery"."""
    places = {name: f"{wanted.issuer}{path}" for name, path in _USUAL_ENDPOINTS.items()}
    return _common(wanted, []) | places | {"protocol": "oauth2"}


def _common(wanted: _Resource, own: list[str]) -> dict[str, object]:
    return {
        "name": wanted.name,
        "register": True,
        "resources": [wanted.address],
        "scopes": [*dict.fromkeys((*wanted.scopes, *own))],
        "token_hosts": [origin_of(wanted.address)],
    }
