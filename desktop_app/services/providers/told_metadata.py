"""What a provider's entry says itself about its endpoints, without asking the provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider
from desktop_app.providers.places import ENDPOINTS
from desktop_app.services.errors import ProviderUnreachableError


def told_endpoints(provider: Provider) -> dict[str, Any]:
    """Return the endpoints that *provider*'s entry names itself."""
    # OAuth 1.0a's request token endpoint is not part of RFC 8414.
    names = [name for name in ENDPOINTS if name != "request_token_endpoint"]
    return {name: getattr(provider, name) for name in names if getattr(provider, name)}


def needs_no_discovery(provider: Provider) -> bool:
    """Tell whether the entry is enough.

    An ID token can't be checked without keys, so OpenID needs those as well.
    """
    complete = bool(provider.authorization_endpoint and provider.token_endpoint)
    return complete and (provider.protocol != "oidc" or provider.jwks_uri is not None)


def told_metadata(provider: Provider, explicit: Mapping[str, Any]) -> ServerMetadata:
    """Return what the entry alone says.

    Raises:
        ProviderUnreachableError: If it says nothing: the built-in service isn't running.
    """
    issuer = provider.issuer or provider.token_endpoint
    if issuer is None:
        raise ProviderUnreachableError("it is not running", host=provider.name)
    return ServerMetadata(issuer=issuer, **explicit)
