"""What AT Protocol's servers must be, and what they tell of an account."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import DiscoveryError, EndpointError
from desktop_app.oauth.form import add_query
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.metadata import ServerMetadata

_MAX_ANSWER: Final = 64 * 1024
_OK: Final = 200


def check_profile(metadata: ServerMetadata) -> ServerMetadata:
    """Return *metadata* if its server signs people in as the protocol demands.

    Raises:
        DiscoveryError: If it leaves out one of the protections.

    Source: AT Protocol, OAuth specification, "Server Metadata".
    """
    demanded = (
        metadata.pushed_authorization_request_endpoint,
        metadata.require_pushed_authorization_requests,
        metadata.authorization_response_iss_parameter_supported,
        "atproto" in (metadata.scopes_supported or ()),
        "ES256" in (metadata.dpop_signing_alg_values_supported or ()),
        "S256" in (metadata.code_challenge_methods_supported or ()),
    )
    if not all(demanded):
        raise DiscoveryError("it lacks a protection that every server of this kind must have")
    return metadata


def check_origin(url: str, *, name: str) -> str:
    """Return *url*, already checked, if it is an origin and nothing more.

    Raises:
        EndpointError: If it has a path, a query or a fragment.

    Source: AT Protocol, OAuth specification, "Server Metadata".
    """
    parts = urlsplit(url)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise EndpointError(name, "it is more than a server's name")
    return f"{parts.scheme}://{parts.netloc}"


def session_endpoint(server: str) -> str:
    """Return where an account's server tells its owner about it, such as the e-mail address.

    Source: AT Protocol, ``com.atproto.server.getSession``.
    """
    return f"{server}/xrpc/com.atproto.server.getSession"


def profile_request(service: str, did: str) -> HttpRequest:
    """Return the request for what everybody may see of an account.

    Raises:
        EndpointError: If nothing may be fetched from there.

    Source: AT Protocol, ``app.bsky.actor.getProfile``.
    """
    url = f"{service}/xrpc/app.bsky.actor.getProfile"
    return HttpRequest(
        method="GET",
        url=check_endpoint(add_query(url, {"actor": did}), name="profile"),
        headers={"Accept": "application/json"},
        max_body=_MAX_ANSWER,
    )


def parse_profile(response: HttpResponse, *, did: str) -> dict[str, Any]:
    """Return the name and picture in *response*, if it is *did*'s; they prove nothing."""
    try:
        members = parse_json_object(response.body)
    except MalformedBodyError:
        return {}
    if response.status != _OK or members.get("did") != did:
        return {}
    return {name: members[name] for name in ("displayName", "avatar") if name in members}
