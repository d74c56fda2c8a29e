"""A provider's public keys, as they were published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.errors import Reason
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import DiscoveryError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object

_MAX_KEYS = 100


@dataclass(frozen=True, slots=True)
class JsonWebKeySet:
    """The keys of one provider; a key is read only when a signature names it."""

    keys: tuple[Mapping[str, Any], ...] = ()


def jwks_request(uri: str, ca_file: str | None = None) -> HttpRequest:
    """Return the request for the keys at *uri*.

    Raises:
        EndpointError: If nothing may be fetched from there.

    Source: OpenID Connect Core section 10.1.
    """
    return HttpRequest(
        method="GET",
        url=check_endpoint(uri, name="jwks_uri"),
        headers={"Accept": "application/jwk-set+json, application/json"},
        ca_file=ca_file,
    )


def parse_jwks(response: HttpResponse) -> JsonWebKeySet:
    """Return the keys in *response*; those of unknown kinds stay and are never chosen.

    Raises:
        DiscoveryError: If it is no key set.

    Source: RFC 7517 section 5.
    """
    if response.status != 200:  # noqa: PLR2004
        raise DiscoveryError(
            Reason("its keys' address answers with status {status}", status=response.status)
        )
    try:
        keys = parse_json_object(response.body).get("keys")
    except MalformedBodyError as error:
        raise DiscoveryError(
            Reason("its keys can't be read, {problem}", problem=error.reason)
        ) from error
    if not isinstance(keys, list) or len(keys) > _MAX_KEYS:
        raise DiscoveryError("its keys can't be read")
    return JsonWebKeySet(tuple(key for key in keys if isinstance(key, dict)))
