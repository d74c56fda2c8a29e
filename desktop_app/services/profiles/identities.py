"""Who signed in: the ID token, the userinfo answer, and what both say together."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from desktop_app.errors import AppError
from desktop_app.oauth.errors import IdTokenError, SubjectMismatchError
from desktop_app.oauth.id_token import IdTokenExpectation, validate_id_token
from desktop_app.oauth.identity import Identity, read_identity
from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.oauth.pointer import find
from desktop_app.oauth.userinfo import check_subject
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.ports import HttpClient
from desktop_app.services.profiles.userinfo import Userinfo
from desktop_app.services.providers.provider_keys import Claims, ProviderKeys
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.sign_ins.atproto_accounts import AtprotoAccounts
from desktop_app.services.sign_ins.atproto_details import AtprotoDetails
from desktop_app.services.tokens.oauth1_grants import Signer
from desktop_app.services.tokens.proofs import Prover

_log = logging.getLogger(__name__)


class IdentityReader:
    """Reads an account's identity with a grant; sends the token only where the grant says."""

    def __init__(
        self, *, providers: ProviderService, http: HttpClient, prover: Prover, signer: Signer
    ) -> None:
        self._keys = ProviderKeys(providers)
        atproto = AtprotoDetails(accounts=AtprotoAccounts(http), prover=prover)
        self._userinfo = Userinfo(keys=self._keys, prover=prover, signer=signer, atproto=atproto)

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

        return await self._keys.checked(check, jwks_uri, ca_file)

    async def identity(self, provider: Provider, grant: Grant, id_claims: Claims) -> Identity:
        """Return who the grant belongs to; *id_claims* are empty without OpenID.

        With an ID token the account is proven already, so a userinfo answer that doesn't come
        costs details, not the sign-in. One that speaks of somebody else does.

        Raises:
            SubjectMismatchError: If userinfo and ID token speak of different accounts.
            UserinfoError: If nothing says who signed in.
            ProviderUnreachableError: If there is no ID token and no answer.
        """
        if provider.resources and not id_claims and not grant.userinfo_endpoint:
            # A server that was asked for one resource alone may not say whose the access is:
            # then the access is the account.
            return Identity(subject=provider.resources[0], name=provider.name)
        try:
            userinfo = await self._userinfo.claims(provider, grant)
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
        claims = await self._userinfo.claims(provider, grant)
        if provider.protocol == "oidc":
            _check_account(provider, {"sub": profile.subject}, claims)
            claims = {**profile.claims, **claims}
        identity = await self._combined(provider, grant, claims)
        if identity.subject != profile.subject:
            raise SubjectMismatchError
        return identity

    async def _combined(self, provider: Provider, grant: Grant, claims: Claims) -> Identity:
        identity = read_identity(claims, **_places(provider))
        if identity.email is None:
            return replace(identity, email=await self._userinfo.email(provider, grant))
        return identity


def _check_account(provider: Provider, id_claims: Claims, userinfo: Claims) -> None:
    """Return if ID token and details speak of one account; some name it in their own way."""
    place = provider.userinfo_mapping.subject
    if place == "sub":
        check_subject(id_claims, userinfo)
    elif str(find(userinfo, place)) != id_claims.get("sub"):
        raise SubjectMismatchError


def missing_id_token() -> IdTokenError:
    """Return the error for an OpenID answer without an ID token."""
    return IdTokenError("missing", "the answer holds no ID token")


def _places(provider: Provider) -> dict[str, Any]:
    mapping = provider.userinfo_mapping
    return {
        "subject": "sub" if provider.protocol == "oidc" else mapping.subject,
        "name": mapping.name,
        "username": mapping.username,
        "email": mapping.email,
        "avatar_url": mapping.avatar_url,
    }
