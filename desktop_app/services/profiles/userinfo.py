"""What a provider's own endpoints say about the person, asked with their grant."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import urlsplit

from desktop_app.errors import AppError
from desktop_app.oauth.errors import IdTokenError, InvalidGrantError, UserinfoError
from desktop_app.oauth.http import HttpRequest
from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.oauth.oauth1_answer import refusal
from desktop_app.oauth.pointer import find
from desktop_app.oauth.userinfo import (
    parse_emails,
    parse_userinfo,
    parse_value,
    read_signed,
    signed_document,
    userinfo_request,
)
from desktop_app.providers.model import Provider
from desktop_app.providers.rules import Lookup, UserinfoRules
from desktop_app.services.accounts import Grant
from desktop_app.services.providers.provider_keys import Claims, ProviderKeys
from desktop_app.services.sign_ins.atproto_details import AtprotoDetails
from desktop_app.services.tokens.oauth1_grants import Signer
from desktop_app.services.tokens.proofs import Prover
from desktop_app.services.tokens.provider_calls import call_request

_log = logging.getLogger(__name__)

_REFUSED: Final = frozenset({400, 401, 403})


class Userinfo:
    """Asks as the provider's entry says; the token goes only where the grant allows."""

    def __init__(
        self, *, keys: ProviderKeys, prover: Prover, signer: Signer, atproto: AtprotoDetails
    ) -> None:
        self._keys = keys
        self._atproto = atproto
        self._prover = prover
        self._signer = signer

    async def claims(self, provider: Provider, grant: Grant) -> Claims:
        """Return what the userinfo endpoint says, or nothing if there is none.

        Raises:
            UserinfoError: If its answer can't be used.
            ProviderUnreachableError: If it does not answer.
        """
        if provider.atproto is not None:
            return await self._atproto.claims(provider, provider.atproto, grant)
        if provider.userinfo.in_token_answer:
            return grant.told
        if not grant.userinfo_endpoint:
            return grant.told if grant.signature_method else {}
        if grant.signature_method:
            return await self._by_signature(provider, grant, grant.userinfo_endpoint)
        request = await self._details_request(provider, grant, grant.userinfo_endpoint)
        response = await self._prover.ask_resource(request, grant)
        token = signed_document(response)
        claims = parse_userinfo(response) if token is None else await self._signed(token, grant)
        return _without_signature_times(claims) if provider.protocol == "oidc" else claims

    async def email(self, provider: Provider, grant: Grant) -> str | None:
        """Return the address where userinfo has none; the sign-in works without it too."""
        endpoint = provider.emails_endpoint
        if grant.signature_method or not endpoint:
            return None
        if not _same_origin(endpoint, grant.userinfo_endpoint):
            return None
        try:
            request = _with_token(endpoint, grant)
            return parse_emails(await self._prover.ask_resource(request, grant))
        except AppError as error:
            _log.info("No e-mail address from the provider: %s", error.code)
            return None

    async def _by_signature(self, provider: Provider, grant: Grant, endpoint: str) -> Claims:
        query = provider.userinfo.call.query
        request = self._signer.request(grant, endpoint, query)
        response = await self._prover.ask_resource(request, grant)
        if response.status in _REFUSED:
            # A clock that is off, or a client that is blocked, does not end the grant.
            problem = refusal(response)
            if not isinstance(problem, InvalidGrantError):
                raise problem
        return parse_userinfo(response)

    async def _signed(self, token: str, grant: Grant) -> Claims:
        def check(keys: JsonWebKeySet) -> Claims:
            return read_signed(token, keys, issuer=grant.issuer, client_id=grant.client_id)

        try:
            return await self._keys.checked(check, grant.jwks_uri, grant.ca_file)
        except IdTokenError as error:
            raise UserinfoError("its signed answer is not valid", status=200) from error

    async def _details_request(
        self, provider: Provider, grant: Grant, endpoint: str
    ) -> HttpRequest:
        """Return the request for the details; what it needs to know first is asked first."""
        rules = provider.userinfo
        if rules == UserinfoRules():
            return _with_token(endpoint, grant)
        found: dict[str, str] = {}
        for lookup in rules.lookups:
            if _same_origin(lookup.url, endpoint):
                found[lookup.name] = await self._looked_up(lookup, grant)
        return call_request(rules.call, endpoint, grant, found)

    async def _looked_up(self, lookup: Lookup, grant: Grant) -> str:
        request = _with_token(lookup.url, grant)
        answer = await self._prover.ask_resource(request, grant)
        value = find(parse_value(answer), lookup.at)
        if not isinstance(value, str | int) or value == "":
            raise UserinfoError("its answer names no account")
        return str(value)


def _with_token(endpoint: str, grant: Grant) -> HttpRequest:
    return userinfo_request(
        endpoint, grant.access_token, token_type=grant.token_type, ca_file=grant.ca_file
    )


def _same_origin(endpoint: str, pinned: str | None) -> bool:
    """Tell whether a token may go to *endpoint*, which the grant itself doesn't pin."""
    one, other = urlsplit(endpoint), urlsplit(pinned or "")
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)


def _without_signature_times(claims: Claims) -> Claims:
    """Leave out what only means something inside a signed token, if userinfo repeats it."""
    return {name: value for name, value in claims.items() if name not in {"iat", "exp", "nonce"}}
