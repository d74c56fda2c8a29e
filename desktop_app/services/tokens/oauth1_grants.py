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
from desktop_app.oauth.scopes import parse_scope
from desktop_app.providers.model import Provider
from desktop_app.providers.rules import Call, RevocationRules
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

    The members that the provider's rules name are kept; all of them where nothing else says who
    signed in, and nobody said which of them does.
    """
    rules = provider.token
    userinfo = None if provider.userinfo.in_token_answer else provider.userinfo_endpoint
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
        scopes_granted=_granted(rules.standard(tokens.extra), scopes),
        protections=protections,
        token_rules=rules,
        told=rules.kept(tokens.extra) if rules.keep or userinfo else dict(tokens.extra),
        own_revocation=provider.revocation or _signed_revocation(provider.revocation_endpoint),
        granted_at=now,
    )


def _granted(answer: Mapping[str, Any], asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the answer names, in a preset's words; OAuth 1.0a itself has no scopes."""
    told = answer.get("scope")
    return parse_scope(" ".join(told.split())) if isinstance(told, str) and told.strip() else asked


def _signed_revocation(endpoint: str | None) -> RevocationRules | None:
    """RFC 7009's request, with a signature in the place of the client's credentials."""
    if endpoint is None:
        return None
    call = Call(method="POST", url=endpoint, form={"token": "{access_token}"})
    return RevocationRules(call=call, ends=("access_token",))


class Signer:
    """Signs requests with the secrets of a grant, which stay here."""

    def __init__(self, *, clock: Clock, random: RandomBytes) -> None:
        self._clock = clock
        self._random = random

    def request(
        self, grant: Grant, url: str, parameters: Mapping[str, str], *, method: str = "GET"
    ) -> HttpRequest:
        """Return a signed request with *parameters*: a ``GET`` has them in its query, else a form.

        Raises:
            EndpointError: If *url* is not one to go to.
            SigningError: If the request can't be signed.
        """
        return signed_request(
            client=_client(grant),
            token=_token(grant),
            method=method,
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
