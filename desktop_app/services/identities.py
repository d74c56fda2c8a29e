"""Who signed in: the ID token, the userinfo answer, and what both say together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from desktop_app.errors import AppError
from desktop_app.oauth.errors import (
    IdTokenError,
    InvalidGrantError,
    SubjectMismatchError,
    UnknownKeyError,
    UserinfoError,
)
from desktop_app.oauth.http import HttpRequest
from desktop_app.oauth.id_token import IdTokenExpectation, validate_id_token
from desktop_app.oauth.identity import Identity, read_identity
from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.oauth.oauth1_answer import refusal
from desktop_app.oauth.pointer import find
from desktop_app.oauth.userinfo import (
    check_subject,
    parse_emails,
    parse_userinfo,
    parse_value,
    read_signed,
    signed_document,
    userinfo_request,
)
from desktop_app.providers.model import Provider
from desktop_app.providers.rules import Lookup, UserinfoRules
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.exchange import ask
from desktop_app.services.oauth1_grants import Signer
from desktop_app.services.ports import HttpClient
from desktop_app.services.provider_calls import call_request
from desktop_app.services.providers import ProviderService

_log = logging.getLogger(__name__)

Claims = Mapping[str, Any]

_REFUSED = frozenset({400, 401, 403})


class IdentityReader:
    """Reads an account's identity with a grant; sends the token only where the grant says."""

    def __init__(self, *, providers: ProviderService, http: HttpClient, signer: Signer) -> None:
        self._providers = providers
        self._http = http
        self._signer = signer

    async def id_claims(
        self,
        id_token: str,
        expectation: IdTokenExpectation,
        *,
        jwks_uri: str | None,
        ca_file: str | None,
        issuer_template: str | None = None,
    ) -> Claims:
        """Return the claims of *id_token* after every check.

        A key that nobody knows makes the keys be fetched once more: providers change them.

        Raises:
            IdTokenError: If a check fails.
            ProviderUnreachableError: If the keys can't be fetched.

        Source: OpenID Connect Core sections 3.1.3.7 and 10.1.1.
        """

        def check(keys: JsonWebKeySet) -> Claims:
            return validate_id_token(id_token, keys, expectation, issuer_template=issuer_template)

        return await self._checked(check, jwks_uri, ca_file)

    async def identity(self, provider: Provider, grant: Grant, id_claims: Claims) -> Identity:
        """Return who the grant belongs to; *id_claims* are empty without OpenID.

        With an ID token the account is proven already, so a userinfo answer that doesn't come
        costs details, not the sign-in. One that speaks of somebody else does.

        Raises:
            SubjectMismatchError: If userinfo and ID token speak of different accounts.
            UserinfoError: If nothing says who signed in.
            ProviderUnreachableError: If there is no ID token and no answer.
        """
        try:
            userinfo = await self.userinfo(provider, grant)
        except SubjectMismatchError:
            raise
        except AppError as error:
            if not id_claims:
                raise
            _log.warning("No userinfo from %s: %s", provider.id, error.code)
            userinfo = {}
        if id_claims and userinfo:
            _check_account(provider, id_claims, userinfo)
        return await self._combined(provider, grant, {**id_claims, **userinfo})

    async def userinfo(self, provider: Provider, grant: Grant) -> Claims:
        """Return what the userinfo endpoint says, or nothing if there is none.

        Raises:
            UserinfoError: If its answer can't be used.
            ProviderUnreachableError: If it does not answer.
        """
        if provider.userinfo.in_token_answer:
            return grant.told
        if not grant.userinfo_endpoint:
            return grant.told if grant.signature_method else {}
        if grant.signature_method:
            return await self._by_signature(provider, grant, grant.userinfo_endpoint)
        request = await self._details_request(provider, grant, grant.userinfo_endpoint)
        response = await ask(self._http, request)
        token = signed_document(response)
        claims = parse_userinfo(response) if token is None else await self._signed(token, grant)
        return _without_signature_times(claims) if provider.protocol == "oidc" else claims

    async def renewed(self, provider: Provider, profile: Profile) -> Identity | None:
        """Return what the provider says about a known account now; None if it says nothing.

        Raises:
            SubjectMismatchError: If it speaks of somebody else.
            UserinfoError: If its answer can't be used.
            ProviderUnreachableError: If it does not answer.
        """
        grant = profile.grant
        if grant is None or not (grant.userinfo_endpoint and not provider.userinfo.in_token_answer):
            return None
        claims = await self.userinfo(provider, grant)
        if provider.protocol == "oidc":
            _check_account(provider, {"sub": profile.subject}, claims)
            claims = {**profile.claims, **claims}
        identity = await self._combined(provider, grant, claims)
        if identity.subject != profile.subject:
            raise SubjectMismatchError
        return identity

    async def _by_signature(self, provider: Provider, grant: Grant, endpoint: str) -> Claims:
        query = provider.userinfo.call.query
        response = await ask(self._http, self._signer.request(grant, endpoint, query))
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
            return await self._checked(check, grant.jwks_uri, grant.ca_file)
        except IdTokenError as error:
            raise UserinfoError("its signed answer is not valid", status=200) from error

    async def _checked(
        self, check: Callable[[JsonWebKeySet], Claims], uri: str | None, ca_file: str | None
    ) -> Claims:
        """Return what *check* makes of the keys; of those fetched anew if it knows none of them."""
        # In a thread: the first signature imports the JOSE library, which takes a moment.
        try:
            return await asyncio.to_thread(check, await self._keys(uri, ca_file, fresh=False))
        except UnknownKeyError:
            return await asyncio.to_thread(check, await self._keys(uri, ca_file, fresh=True))

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
        value = find(parse_value(await ask(self._http, _with_token(lookup.url, grant))), lookup.at)
        if not isinstance(value, str | int) or value == "":
            raise UserinfoError("its answer names no account")
        return str(value)

    async def _combined(self, provider: Provider, grant: Grant, claims: Claims) -> Identity:
        identity = read_identity(claims, **_places(provider))
        endpoint = provider.emails_endpoint
        if grant.signature_method:
            return identity
        if identity.email is None and endpoint and _same_origin(endpoint, grant.userinfo_endpoint):
            return replace(identity, email=await self._email(endpoint, grant))
        return identity

    async def _email(self, endpoint: str, grant: Grant) -> str | None:
        """Ask for the address where userinfo has none; the sign-in works without it too."""
        try:
            return parse_emails(await ask(self._http, _with_token(endpoint, grant)))
        except AppError as error:
            _log.info("No e-mail address from the provider: %s", error.code)
            return None

    async def _keys(self, uri: str | None, ca_file: str | None, *, fresh: bool) -> JsonWebKeySet:
        if uri is None:
            return JsonWebKeySet()
        keys: JsonWebKeySet = await self._providers.keys(uri, ca_file=ca_file, fresh=fresh)
        return keys


def _check_account(provider: Provider, id_claims: Claims, userinfo: Claims) -> None:
    """Return if ID token and details speak of one account; some name it in their own way."""
    place = provider.userinfo_mapping.subject
    if place == "sub":
        check_subject(id_claims, userinfo)
    elif str(find(userinfo, place)) != id_claims.get("sub"):
        raise SubjectMismatchError


def missing_id_token() -> IdTokenError:
    """Return the error for an OpenID answer without an ID token."""
    return IdTokenError("format", "the answer holds no ID token")


def _with_token(endpoint: str, grant: Grant) -> HttpRequest:
    return userinfo_request(
        endpoint, grant.access_token, token_type=grant.token_type, ca_file=grant.ca_file
    )


def _same_origin(endpoint: str, pinned: str | None) -> bool:
    """Tell whether a token may go to *endpoint*, which the grant itself doesn't pin."""
    one, other = urlsplit(endpoint), urlsplit(pinned or "")
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)


def _places(provider: Provider) -> dict[str, Any]:
    mapping = provider.userinfo_mapping
    return {
        "subject": "sub" if provider.protocol == "oidc" else mapping.subject,
        "name": mapping.name,
        "username": mapping.username,
        "email": mapping.email,
        "avatar_url": mapping.avatar_url,
    }


def _without_signature_times(claims: Claims) -> Claims:
    """Leave out what only means something inside a signed token, if userinfo repeats it."""
    return {name: value for name, value in claims.items() if name not in {"iat", "exp", "nonce"}}
