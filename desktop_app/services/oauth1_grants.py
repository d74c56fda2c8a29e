"""Grants that sign: what OAuth 1.0a gives in the place of tokens that travel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from desktop_app.oauth.http import HttpRequest
from desktop_app.oauth.oauth1 import (
    Oauth1Client,
    Oauth1Token,
    Oauth1TokenResponse,
    authorization_header,
    signed_request,
)
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant
from desktop_app.services.ports import Clock, RandomBytes

SIGNED: Final = "signed:"
"""What stands before the signature method in a grant's protections."""

_DEFAULT_METHOD: Final = "HMAC-SHA1"


def provider_oauth1_client(provider: Provider) -> Oauth1Client:
    """Return Coatcheck as *provider* knows it."""
    return Oauth1Client(
        client_id=provider.client_id or "",
        client_secret=provider.client_secret,
        private_key=provider.private_key,
        signature_method=provider.signature_method or _DEFAULT_METHOD,
    )


def oauth1_grant(
    provider: Provider,
    client: Oauth1Client,
    tokens: Oauth1TokenResponse,
    *,
    scopes: tuple[str, ...],
    now: float,
    protections: tuple[str, ...],
) -> Grant:
    """Return the grant that *tokens* make, bound to the endpoints and client in use now.

    What the answer tells besides is kept where no other answer says who signed in.
    """
    userinfo = None if provider.userinfo.in_token_answer else provider.userinfo_endpoint
    told: Mapping[str, Any] = tokens.extra if userinfo is None else {}
    return Grant(
        issuer=provider.issuer or provider.token_endpoint or "",
        authorization_endpoint=provider.authorization_endpoint or "",
        token_endpoint=provider.token_endpoint or "",
        userinfo_endpoint=userinfo,
        ca_file=provider.ca_file,
        client_id=client.client_id,
        client_secret=client.client_secret,
        private_key=client.private_key,
        access_token=tokens.token.token,
        token_secret=tokens.token.secret,
        signature_method=client.signature_method,
        token_type="OAuth",
        access_token_issued_at=now,
        scopes_requested=scopes,
        scopes_granted=scopes,
        protections=protections,
        told=dict(told),
    )


class Signer:
    """Signs requests with the secrets of a grant, which stay here."""

    def __init__(self, *, clock: Clock, random: RandomBytes) -> None:
        self._clock = clock
        self._random = random

    def request(self, grant: Grant, url: str, parameters: Mapping[str, str]) -> HttpRequest:
        """Return a signed ``GET`` of *url* with *parameters* in its query.

        Raises:
            EndpointError: If *url* is not one to go to.
            SigningError: If the request can't be signed.
        """
        return signed_request(
            client=_client(grant),
            token=_token(grant),
            method="GET",
            url=url,
            parameters=parameters,
            now=self._clock(),
            random=self._random,
            ca_file=grant.ca_file,
        )

    def header(self, grant: Grant, method: str, url: str, parameters: Mapping[str, str]) -> str:
        """Return the ``Authorization`` header of a request with the form *parameters*.

        Raises:
            EndpointError: If *url* is no address, or not encrypted although PLAINTEXT is used.
            SigningError: If the request can't be signed.
        """
        return authorization_header(
            client=_client(grant),
            token=_token(grant),
            method=method,
            url=url,
            parameters=tuple(parameters.items()),
            now=self._clock(),
            random=self._random,
        )


def _client(grant: Grant) -> Oauth1Client:
    return Oauth1Client(
        client_id=grant.client_id,
        client_secret=grant.client_secret,
        private_key=grant.private_key,
        signature_method=grant.signature_method or _DEFAULT_METHOD,
    )


def _token(grant: Grant) -> Oauth1Token:
    return Oauth1Token(token=grant.access_token, secret=grant.token_secret or "")
