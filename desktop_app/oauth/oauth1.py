"""Signing in with OAuth 1.0a: temporary credentials, the person's yes, token credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import InvalidClientError, InvalidGrantError
from desktop_app.oauth.flow_errors import CallbackNotConfirmedError
from desktop_app.oauth.form import FORM_TYPE, add_query, encode_form
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.oauth1_answer import read_credentials
from desktop_app.oauth.oauth1_callback import (
    OUT_OF_BAND,
    PendingOauth1,
    accept_callback,
    begin_oauth1,
    callback_token,
    check_verifier,
    oauth1_authorization_url,
)
from desktop_app.oauth.oauth1_signature import Oauth1Client, Oauth1Token, authorization_header
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.oauth.token_request import NOTHING

__all__ = [
    "OUT_OF_BAND",
    "Oauth1Client",
    "Oauth1Token",
    "Oauth1TokenResponse",
    "PendingOauth1",
    "accept_callback",
    "authorization_header",
    "begin_oauth1",
    "callback_token",
    "check_verifier",
    "oauth1_authorization_url",
    "parse_temporary_credentials",
    "parse_token_credentials",
    "signed_request",
    "temporary_credentials_request",
    "token_credentials_request",
]

_CREDENTIALS = frozenset({"oauth_token", "oauth_token_secret"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Oauth1TokenResponse:
    """Token credentials; ``extra`` is what the provider adds, often who signed in."""

    token: Oauth1Token
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)


def temporary_credentials_request(
    *,
    endpoint: str,
    client: Oauth1Client,
    callback: str,
    now: float,
    random: RandomBytes,
    method: str = "POST",
    parameters: Mapping[str, str] = NOTHING,
    ca_file: str | None = None,
) -> HttpRequest:
    """Return the request that begins a sign-in.

    Args:
        endpoint: The temporary credential ("request token") endpoint.
        client: Who asks.
        callback: The redirect URI, or ``OUT_OF_BAND``.
        now: Seconds since the epoch.
        random: For the nonce.
        method: ``POST`` as the RFC says; a few providers want ``GET``.
        parameters: Further ones of the provider's, such as ``scope``.
        ca_file: PEM file with a further certificate authority.

    Raises:
        EndpointError: If *endpoint* is not one to go to.
        SigningError: If the request can't be signed.
        ClientCredentialError: If the client's secret or private key is missing.

    Source: RFC 5849 section 2.1.
    """
    return signed_request(
        client=client,
        token=None,
        method=method,
        url=check_endpoint(endpoint, name="request_token_endpoint"),
        now=now,
        random=random,
        parameters=parameters,
        protocol={"oauth_callback": callback},
        ca_file=ca_file,
    )


def parse_temporary_credentials(response: HttpResponse) -> Oauth1Token:
    """Return the temporary credentials in *response*.

    Raises:
        CallbackNotConfirmedError: If the provider speaks OAuth 1.0 without the "a".
        InvalidClientError: If it doesn't accept the client ID or the signature.
        TokenErrorResponse: If it says no for another reason.
        TokenResponseError: If the answer holds no credentials.

    Source: RFC 5849 section 2.1.
    """
    fields = read_credentials(response, unauthorized=InvalidClientError)
    # Some write "True": the letter case says nothing about what they do.
    if fields.get("oauth_callback_confirmed", "").lower() != "true":
        raise CallbackNotConfirmedError
    return _token(fields)


def token_credentials_request(
    *,
    endpoint: str,
    client: Oauth1Client,
    pending: PendingOauth1,
    verifier: str,
    now: float,
    random: RandomBytes,
    method: str = "POST",
    ca_file: str | None = None,
) -> HttpRequest:
    """Return the request that turns *verifier* into token credentials.

    Raises:
        EndpointError: If *endpoint* is not one to go to.
        SigningError: If the request can't be signed.
        ClientCredentialError: If the client's secret or private key is missing.

    Source: RFC 5849 section 2.3.
    """
    return signed_request(
        client=client,
        token=pending.temporary,
        method=method,
        url=check_endpoint(endpoint, name="token_endpoint"),
        now=now,
        random=random,
        protocol={"oauth_verifier": verifier},
        ca_file=ca_file,
    )


def parse_token_credentials(response: HttpResponse) -> Oauth1TokenResponse:
    """Return the token credentials in *response*.

    Raises:
        InvalidGrantError: If the verifier or the temporary credentials are no longer good.
        TokenErrorResponse: If the provider says no for another reason.
        TokenResponseError: If the answer holds no credentials.

    Source: RFC 5849 section 2.3.
    """
    fields = read_credentials(response, unauthorized=InvalidGrantError)
    extra = {name: value for name, value in fields.items() if name not in _CREDENTIALS}
    return Oauth1TokenResponse(token=_token(fields), extra=extra)


def signed_request(
    *,
    client: Oauth1Client,
    token: Oauth1Token | None,
    method: str,
    url: str,
    now: float,
    random: RandomBytes,
    parameters: Mapping[str, str] = NOTHING,
    protocol: Mapping[str, str] = NOTHING,
    ca_file: str | None = None,
) -> HttpRequest:
    """Return a signed request; *parameters* go into the form, or with ``GET`` into the query.

    Raises:
        EndpointError: If *url* is no address, or not encrypted although PLAINTEXT is used.
        SigningError: If the request can't be signed.
        ClientCredentialError: If the client's secret or private key is missing.

    Source: RFC 5849 section 3.
    """
    in_query = method in {"GET", "HEAD"}
    address = add_query(url, parameters) if in_query else url
    body = None if in_query else encode_form(parameters)
    header = authorization_header(
        client=client,
        token=token,
        method=method,
        url=address,
        now=now,
        random=random,
        parameters=() if in_query else parameters.items(),
        protocol=protocol,
    )
    headers = {"Accept": "*/*", "Authorization": header}
    if body:
        headers["Content-Type"] = FORM_TYPE
    return HttpRequest(method=method, url=address, headers=headers, body=body, ca_file=ca_file)


def _token(fields: Mapping[str, str]) -> Oauth1Token:
    return Oauth1Token(token=fields["oauth_token"], secret=fields["oauth_token_secret"])
