"""A provider's description of itself, and where to find it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urljoin, urlsplit

from desktop_app.errors import Reason
from desktop_app.oauth.endpoints import check_endpoint, check_named
from desktop_app.oauth.errors import DiscoveryError, EndpointError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.issuer import check_issuer, issuer_candidates
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object

__all__ = [
    "ServerMetadata",
    "check_issuer",
    "discovery_request",
    "discovery_urls",
    "issuer_candidates",
    "parse_metadata",
    "same_origin_redirect",
    "speaks_openid",
]

_OPENID = "/.well-known/openid-configuration"
_OAUTH = "/.well-known/oauth-authorization-server"
_PLACE = re.compile(r"\{[A-Za-z0-9_]+\}")
_MAX_LIST = 1000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMetadata:
    """What a provider says of itself, under RFC 8414's names; every endpoint is checked.

    A list is None where the provider doesn't say. For a provider without an issuer of its own
    ``issuer`` is its token endpoint's address.

    Source: RFC 8414 section 2, OpenID Connect Discovery section 3, RFC 9126, RFC 9207,
    RFC 9449 section 5.1, RFC 9728 section 4, JARM section 3.
    """

    issuer: str
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    jwks_uri: str | None = None
    registration_endpoint: str | None = None
    revocation_endpoint: str | None = None
    introspection_endpoint: str | None = None
    device_authorization_endpoint: str | None = None
    pushed_authorization_request_endpoint: str | None = None
    end_session_endpoint: str | None = None
    scopes_supported: tuple[str, ...] | None = None
    claims_supported: tuple[str, ...] | None = None
    response_types_supported: tuple[str, ...] | None = None
    response_modes_supported: tuple[str, ...] | None = None
    grant_types_supported: tuple[str, ...] | None = None
    code_challenge_methods_supported: tuple[str, ...] | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    token_endpoint_auth_signing_alg_values_supported: tuple[str, ...] | None = None
    revocation_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    introspection_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    id_token_signing_alg_values_supported: tuple[str, ...] | None = None
    userinfo_signing_alg_values_supported: tuple[str, ...] | None = None
    dpop_signing_alg_values_supported: tuple[str, ...] | None = None
    authorization_signing_alg_values_supported: tuple[str, ...] | None = None
    protected_resources: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False
    require_pushed_authorization_requests: bool = False
    client_id_metadata_document_supported: bool = False


_ENDPOINTS = tuple(
    field.name
    for field in fields(ServerMetadata)
    if field.name == "jwks_uri" or field.name.endswith("_endpoint")
)
_FLAGS = (
    "authorization_response_iss_parameter_supported",
    "client_id_metadata_document_supported",
    "require_pushed_authorization_requests",
)
_LISTS = tuple(
    field.name
    for field in fields(ServerMetadata)
    if field.name.endswith(("_supported", "_resources")) and field.name not in _FLAGS
)


def discovery_urls(issuer: str) -> tuple[str, ...]:
    """Return where *issuer* may describe itself, the likeliest first.

    Source: OpenID Connect Discovery section 4.1, RFC 8414 sections 3.1 and 5.
    """
    base = issuer.rstrip("/")
    parts = urlsplit(base)
    origin = f"{parts.scheme}://{parts.netloc}"
    urls = (base + _OPENID, origin + _OAUTH + parts.path, origin + _OPENID + parts.path)
    return tuple(dict.fromkeys(urls))


def discovery_request(url: str, ca_file: str | None = None) -> HttpRequest:
    """Return the request for the document at *url*, one of ``discovery_urls``.

    Raises:
        EndpointError: If nothing may be fetched from there.
    """
    return HttpRequest(
        method="GET",
        url=check_endpoint(url, name="issuer"),
        headers={"Accept": "application/json"},
        ca_file=ca_file,
    )


def same_origin_redirect(url: str, response: HttpResponse) -> str | None:
    """Return where *response* sends whoever asked for the document at *url*, else None.

    Nextcloud answers every address under ``/.well-known`` like that. Only the provider's own
    origin may be named: what is found there still has to be this issuer's own description.

    Source: RFC 9110 section 15.4, RFC 6454 section 5.
    """
    if response.status not in _REDIRECTS:
        return None
    try:
        onward = urljoin(url, response.headers.get("location", "").partition("#")[0])
        same = urlsplit(check_endpoint(onward, name="issuer"))[:2] == urlsplit(url)[:2]
    except (EndpointError, ValueError):
        return None
    return onward if same and onward != url else None


def parse_metadata(
    response: HttpResponse, *, issuer: str, issuer_template: str | None = None
) -> ServerMetadata:
    """Return the provider's description, whose issuer must be exactly *issuer*.

    Args:
        response: The answer to ``discovery_request``.
        issuer: The issuer that was asked, to the letter.
        issuer_template: An issuer with ``{claim}`` places; the document may then name it, with
            the places in it or filled.

    Raises:
        DiscoveryError: If it is no such document, or another issuer's.
        EndpointError: If an endpoint is none that Coatcheck may go to.

    Source: RFC 8414 section 3.3, OpenID Connect Discovery section 4.3.
    """
    document = _read(response)
    named = document.get("issuer")
    if not isinstance(named, str) or not named:
        raise DiscoveryError("it names no issuer")
    if named != issuer and not _fits_template(named, issuer_template):
        raise DiscoveryError("it names another issuer")
    return ServerMetadata(issuer=named, **_values(document, by=issuer))


def speaks_openid(metadata: ServerMetadata) -> bool:
    """Tell whether *metadata* is an OpenID provider's, not one of OAuth alone.

    OpenID demands that it names its algorithms and keys, and ``openid`` among its scopes if it
    names any; for those that leave out what is demanded, keys will do. ``openid`` alone says
    nothing: proxies in front of MCP servers name it because of the provider behind them, and
    have no ID token to give.

    Source: OpenID Connect Discovery section 3.
    """
    if metadata.id_token_signing_alg_values_supported is not None:
        return True
    if metadata.jwks_uri is None:
        return False
    return metadata.scopes_supported is None or "openid" in metadata.scopes_supported


def _read(response: HttpResponse) -> dict[str, Any]:
    if response.status != 200:  # noqa: PLR2004
        raise DiscoveryError(
            Reason("the address answers with status {status}", status=response.status)
        )
    if response.headers.get("content-type", "").lower().startswith("text/html"):
        raise DiscoveryError("it is a web page")
    try:
        return parse_json_object(response.body)
    except MalformedBodyError as error:
        raise DiscoveryError(error.reason) from error


def _fits_template(named: str, template: str | None) -> bool:
    if template is None:
        return False
    literals = [re.escape(part) for part in _PLACE.split(template)]
    return re.fullmatch(r"(?:[A-Za-z0-9._-]+|\{[A-Za-z0-9_]+\})".join(literals), named) is not None


def _values(document: Mapping[str, Any], *, by: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _ENDPOINTS:
        value = document.get(name)
        # Some write "" for what they don't have, where RFC 8414 section 3.2 leaves it out.
        values[name] = None if value in (None, "") else check_named(value, name=name, by=by)
    for name in _LISTS:
        values[name] = _strings(document.get(name), name)
    for name in _FLAGS:
        values[name] = document.get(name) is True
    return values


def _strings(value: object, name: str) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > _MAX_LIST:
        raise DiscoveryError(Reason("{name} is not a list", name=name))
    if not all(isinstance(item, str) for item in value):
        raise DiscoveryError(Reason("{name} is not a list of words", name=name))
    return tuple(value)
