"""Asking the provider what it knows of a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.errors import Reason
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import IntrospectionError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.oauth.revocation import TokenTypeHint
from desktop_app.oauth.token_request import client_request


def introspection_request(
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
    """Return the request that asks about *token*.

    Raises:
        EndpointError: If *endpoint* is not one to send a token to.
        ClientCredentialError: If the client's secret or key is missing.

    Source: RFC 7662 section 2.1.
    """
    return client_request(
        endpoint,
        {"token": token, "token_type_hint": token_type_hint},
        name="introspection_endpoint",
        client=client,
        audience=audience,
        now=now,
        random=random,
        ca_file=ca_file,
    )


def parse_introspection_response(response: HttpResponse) -> Mapping[str, Any]:
    """Return what the provider says; ``active`` is always there and true or false.

    Raises:
        IntrospectionError: If it doesn't say.

    Source: RFC 7662 section 2.2.
    """
    status = response.status
    if status != 200:  # noqa: PLR2004
        raise IntrospectionError(
            Reason("it answers with status {status}", status=status), status=status
        )
    try:
        members = parse_json_object(response.body)
    except MalformedBodyError as error:
        raise IntrospectionError(
            Reason("its answer can't be read, {problem}", problem=error.reason), status=status
        ) from error
    if not isinstance(members.get("active"), bool):
        raise IntrospectionError("its answer does not tell", status=status)
    return members
