"""Telling the provider that a token is not to be good any more."""

from __future__ import annotations

from typing import Literal

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import RevocationError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.oauth.token_request import client_request

TokenTypeHint = Literal["access_token", "refresh_token"]


def revocation_request(
    *,
    endpoint: str,
    client: Client,
    token: str,
    token_type_hint: TokenTypeHint,
    now: float,
    random: RandomBytes,
    audience: str | None = None,
    ca_file: str | None = None,
) -> HttpRequest:
    """Return the request that ends *token*.

    Raises:
        EndpointError: If *endpoint* is not one to send a token to.
        ClientCredentialError: If the client's secret or key is missing.

    Source: RFC 7009 section 2.1.
    """
    return client_request(
        endpoint,
        {"token": token, "token_type_hint": token_type_hint},
        name="revocation_endpoint",
        client=client,
        audience=audience,
        now=now,
        random=random,
        ca_file=ca_file,
    )


def parse_revocation_response(response: HttpResponse) -> None:
    """Return if the provider confirms that the token is not good any more.

    Raises:
        RevocationError: If it doesn't; the token may still be good.

    Source: RFC 7009 section 2.2.
    """
    if response.status in {200, 204}:
        return
    try:
        members = parse_json_object(response.body)
    except MalformedBodyError:
        members = {}
    error, description = members.get("error"), members.get("error_description")
    raise RevocationError(
        error if isinstance(error, str) else f"status {response.status}",
        description if isinstance(description, str) else "",
        status=response.status,
    )
