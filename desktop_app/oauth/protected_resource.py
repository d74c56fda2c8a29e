"""Protected resource metadata: which provider a server trusts, said by the server itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from desktop_app.errors import Reason
from desktop_app.oauth.challenges import challenge
from desktop_app.oauth.endpoints import check_endpoint, check_named
from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.flow_errors import ResourceMetadataError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.resource_indicators import check_resource
from desktop_app.oauth.text import clean_text

_WELL_KNOWN = "/.well-known/oauth-protected-resource"
_MAX_LIST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceMetadata:
    """What a protected resource says of itself; every address is checked, no text is proven.

    Attributes:
        authorization_servers: Issuers, each to be discovered and checked as any other.
        name: For people, cleaned.
    """

    resource: str
    authorization_servers: tuple[str, ...] = ()
    scopes_supported: tuple[str, ...] | None = None
    bearer_methods_supported: tuple[str, ...] | None = None
    dpop_signing_alg_values_supported: tuple[str, ...] | None = None
    dpop_bound_access_tokens_required: bool = False
    name: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


def resource_metadata_url(resource: str) -> str:
    """Return where *resource* describes itself if it doesn't say.

    Raises:
        ResourceError: If *resource* is no address of a protected resource.

    Source: RFC 9728 section 3.1.
    """
    parts = urlsplit(check_resource(resource))
    path = "" if parts.path == "/" else parts.path
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{_WELL_KNOWN}{path}{query}"


def named_metadata_url(response: HttpResponse, *, url: str) -> str | None:
    """Return where *response*, a refusal by *url*, says that its description is, or None.

    Raises:
        EndpointError: If it names a place that nothing may be fetched from.

    Source: RFC 9728 section 5.1.
    """
    for scheme in ("Bearer", "DPoP"):
        named = (challenge(response, scheme) or {}).get("resource_metadata")
        if named:
            return check_named(named, name="resource_metadata", by=url)
    return None


def resource_metadata_request(url: str, *, ca_file: str | None = None) -> HttpRequest:
    """Return the request for the description at *url*.

    Raises:
        EndpointError: If nothing may be fetched from there.

    Source: RFC 9728 section 3.1.
    """
    return HttpRequest(
        method="GET",
        url=check_endpoint(url, name="resource_metadata"),
        headers={"Accept": "application/json"},
        ca_file=ca_file,
    )


def parse_resource_metadata(response: HttpResponse, *, resource: str) -> ResourceMetadata:
    """Return what *response* says of *resource*, whose address it must name to the letter.

    Args:
        response: The answer to ``resource_metadata_request``.
        resource: The address that the metadata's was made of; where the server named it in a
            refusal, the address that was asked for.

    Raises:
        ResourceMetadataError: If it is no such document, or another resource's, which could
            make a token for it go to whoever pretends to be it.

    Source: RFC 9728 sections 2, 3.2 and 3.3.
    """
    document = _read(response)
    if document.get("resource") != resource:
        raise ResourceMetadataError("it describes another address")
    name = document.get("resource_name")
    return ResourceMetadata(
        resource=resource,
        authorization_servers=_issuers(document.get("authorization_servers"), resource),
        scopes_supported=_strings(document.get("scopes_supported")),
        bearer_methods_supported=_strings(document.get("bearer_methods_supported")),
        dpop_signing_alg_values_supported=_strings(
            document.get("dpop_signing_alg_values_supported")
        ),
        dpop_bound_access_tokens_required=document.get("dpop_bound_access_tokens_required") is True,
        name=clean_text(name) or None if isinstance(name, str) else None,
        extra=document,
    )


def _read(response: HttpResponse) -> dict[str, Any]:
    if response.status != 200:  # noqa: PLR2004
        raise ResourceMetadataError(
            Reason("it answers with status {status}", status=response.status)
        )
    try:
        return parse_json_object(response.body)
    except MalformedBodyError as error:
        raise ResourceMetadataError(error.reason) from error


def _issuers(value: object, resource: str) -> tuple[str, ...]:
    try:
        named = _strings(value) or ()
        return tuple(check_named(each, name="issuer", by=resource) for each in named)
    except EndpointError as error:
        raise ResourceMetadataError(
            Reason("it names a provider, and {problem}", problem=error.fields["reason"])
        ) from error


def _strings(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > _MAX_LIST:
        raise ResourceMetadataError("a list in it is none")
    if not all(isinstance(item, str) for item in value):
        raise ResourceMetadataError("a list in it is not one of words")
    return tuple(value)
