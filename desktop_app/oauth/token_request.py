"""Requests to the token endpoint, and to those that take a token the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from desktop_app.oauth.authorization import PendingAuthorization
from desktop_app.oauth.client_authentication import Client, authenticate
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.form import FORM_TYPE, FormValue, encode_form
from desktop_app.oauth.http import HttpRequest
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.oauth.scopes import format_scope

NOTHING: Mapping[str, str] = MappingProxyType({})


def code_request(
    *,
    endpoint: str,
    client: Client,
    pending: PendingAuthorization,
    code: str,
    now: float,
    random: RandomBytes,
    audience: str | None = None,
    ca_file: str | None = None,
    extra: Mapping[str, FormValue] = NOTHING,
) -> HttpRequest:
    """Return the request that turns *code*, the answer to *pending*, into tokens.

    *audience* is for a signed assertion, by default *endpoint*; *extra* are further fields.

    Raises:
        EndpointError: If *endpoint* is not one to send a code to.
        ClientCredentialError: If the client's secret or key is missing.

    Source: RFC 6749 section 4.1.3, RFC 7636 section 4.5.
    """
    form: dict[str, FormValue] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": pending.redirect_uri,
        "code_verifier": pending.code_verifier,
        **extra,
    }
    return client_request(
        endpoint,
        form,
        name="token_endpoint",
        client=client,
        audience=audience,
        now=now,
        random=random,
        ca_file=ca_file,
    )


def refresh_request(
    *,
    endpoint: str,
    client: Client,
    refresh_token: str,
    now: float,
    random: RandomBytes,
    scopes: Sequence[str] = (),
    audience: str | None = None,
    ca_file: str | None = None,
    extra: Mapping[str, FormValue] = NOTHING,
) -> HttpRequest:
    """Return the request for a new access token; *scopes* only to ask for fewer.

    Raises:
        EndpointError: If *endpoint* is not one to send a token to.
        ClientCredentialError: If the client's secret or key is missing.
        ScopeError: If a scope has a character that is not allowed.

    Source: RFC 6749 section 6.
    """
    form: dict[str, FormValue] = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        **extra,
    }
    if scopes:
        form["scope"] = format_scope(scopes)
    return client_request(
        endpoint,
        form,
        name="token_endpoint",
        client=client,
        audience=audience,
        now=now,
        random=random,
        ca_file=ca_file,
    )


def client_request(
    endpoint: str,
    form: Mapping[str, FormValue],
    *,
    name: str,
    client: Client,
    audience: str | None,
    now: float,
    random: RandomBytes,
    ca_file: str | None,
) -> HttpRequest:
    """Return a POST of *form* to *endpoint*, called *name*, in which *client* proves itself.

    Raises:
        EndpointError: If *endpoint* is not one to send secrets to.
        ClientCredentialError: If the client's secret or key is missing.

    Source: RFC 6749 section 3.2.
    """
    url = check_endpoint(endpoint, name=name)
    headers = {"Accept": "application/json", "Content-Type": FORM_TYPE}
    fields, headers = authenticate(
        client, form, headers, audience=audience or endpoint, now=now, random=random
    )
    return HttpRequest(method="POST", url=url, headers=headers, body=_body(fields), ca_file=ca_file)


def _body(fields: Mapping[str, FormValue]) -> bytes:
    if "grant_type" not in fields:
        return encode_form(fields)
    repeated = {name: value for name, value in fields.items() if isinstance(value, tuple)}
    # oauthlib takes 56 ms to import; nothing needs it before the first sign-in.
    from oauthlib.oauth2.rfc6749.parameters import prepare_token_request

    single = {name: value for name, value in fields.items() if isinstance(value, str)}
    body: str = prepare_token_request(**single, body=encode_form(repeated).decode("ascii"))
    return body.encode("ascii")
