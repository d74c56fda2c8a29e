"""Pushed authorization requests: the browser carries only a reference to what is asked."""

from __future__ import annotations

import re

from desktop_app.oauth.authorization_request import PendingAuthorization, authorization_parameters
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import AuthorizationResponseError, InvalidClientError
from desktop_app.oauth.form import add_query
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.oauth.token_request import client_request

_REFERENCE = re.compile(r"[\x21-\x7e]{1,2048}")
_GOOD = frozenset({200, 201})
_CLIENT_ERRORS = frozenset({"invalid_client", "unauthorized_client"})


def pushed_request(
    *,
    endpoint: str,
    client: Client,
    pending: PendingAuthorization,
    now: float,
    random: RandomBytes,
    audience: str | None = None,
    ca_file: str | None = None,
) -> HttpRequest:
    """Return the request that leaves the parameters of *pending* with the provider.

    Raises:
        EndpointError: If *endpoint* is not one to send them to.
        ClientCredentialError: If the client's secret or key is missing.
        ScopeError: If a scope has a character that is not allowed.

    Source: RFC 9126 section 2.1.
    """
    return client_request(
        endpoint,
        authorization_parameters(pending),
        name="pushed_authorization_request_endpoint",
        client=client,
        audience=audience,
        now=now,
        random=random,
        ca_file=ca_file,
    )


def parse_pushed_response(response: HttpResponse) -> str:
    """Return the reference that stands for the request from now on, for one use.

    Raises:
        InvalidClientError: The client ID or secret is wrong, or this client must not push.
        AuthorizationResponseError: If the provider refuses the request, or gives no reference.

    Source: RFC 9126 sections 2.2 and 2.3.
    """
    members = _members(response)
    reference = members.get("request_uri")
    if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
        raise _refusal(members, response.status)
    if response.status not in _GOOD:
        raise _refusal(members, response.status)
    return reference


def pushed_authorization_url(endpoint: str, *, client_id: str, request_uri: str) -> str:
    """Return the address for the browser: who asks, and the reference; nothing else.

    Raises:
        EndpointError: If *endpoint* is not one to go to.

    Source: RFC 9126 section 4.
    """
    check_endpoint(endpoint, name="authorization_endpoint")
    return add_query(endpoint, {"client_id": client_id, "request_uri": request_uri})


def _members(response: HttpResponse) -> dict[str, object]:
    try:
        return parse_json_object(response.body)
    except MalformedBodyError:
        return {}


def _refusal(
    members: dict[str, object], status: int
) -> InvalidClientError | AuthorizationResponseError:
    error, description = members.get("error"), members.get("error_description")
    words = description if isinstance(description, str) else ""
    if isinstance(error, str) and error in _CLIENT_ERRORS:
        return InvalidClientError(error, words, status=status)
    name = error if isinstance(error, str) and error else f"status {status}"
    return AuthorizationResponseError(name, words)
