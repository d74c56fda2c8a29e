"""Who the ID token of a sign-in names, and whether one can be relied on at all."""

from __future__ import annotations

from desktop_app.oauth.authorization import AuthorizationResponse
from desktop_app.oauth.errors import IssuerMismatchError
from desktop_app.oauth.id_token import IdTokenExpectation
from desktop_app.oauth.token import TokenResponse
from desktop_app.services.profiles.identities import IdentityReader, missing_id_token
from desktop_app.services.providers.provider_keys import Claims
from desktop_app.services.sign_ins.begun_authorization import BegunAuthorization


async def proven_claims(
    identities: IdentityReader, begun: BegunAuthorization, tokens: TokenResponse, *, now: float
) -> Claims:
    """Return the claims of the ID token in *tokens*; empty where userinfo says who it is.

    Raises:
        IdTokenError: If it is missing, or a check fails.
        ProviderUnreachableError: If the keys can't be fetched.
    """
    if not _proves_identity(begun):
        return {}
    if tokens.id_token is None:
        if begun.provider.protocol == "oidc":
            raise missing_id_token()
        return {}
    return await identities.id_claims(
        tokens.id_token,
        _expectation(begun, tokens, now),
        jwks_uri=begun.metadata.jwks_uri,
        ca_file=begun.provider.ca_file,
        issuer_template=begun.provider.issuer_template,
    )


def account_issuer(begun: BegunAuthorization, id_claims: Claims) -> str:
    """Return what the profile is keyed by: with a template, the issuer that was proven."""
    if begun.provider.issuer_template and "iss" in id_claims:
        return str(id_claims["iss"])
    return begun.metadata.issuer


def check_template_issuer(
    begun: BegunAuthorization, response: AuthorizationResponse, id_claims: Claims
) -> None:
    """Return if answer and ID token come from one issuer of the template.

    Raises:
        IssuerMismatchError: If they don't.
    """
    if not begun.provider.issuer_template or response.iss is None or not id_claims:
        return
    if response.iss not in {id_claims.get("iss"), begun.metadata.issuer}:
        raise IssuerMismatchError("the answer and the ID token name different issuers")


def _proves_identity(begun: BegunAuthorization) -> bool:
    """Tell whether an ID token is asked for that can be checked.

    Without OpenID's issuer or keys, userinfo says who signed in; an ID token that comes along
    because of an ``openid`` permission is left unread then.
    """
    if begun.pending.nonce is None or begun.provider.protocol == "oidc":
        return begun.pending.nonce is not None
    return begun.pending.iss_known and begun.metadata.jwks_uri is not None


def _expectation(
    begun: BegunAuthorization, tokens: TokenResponse, now: float
) -> IdTokenExpectation:
    return IdTokenExpectation(
        issuer=begun.metadata.issuer,
        client_id=begun.client.client_id,
        nonce=begun.pending.nonce,
        access_token=tokens.access_token,
        now=now,
        algorithms=begun.metadata.id_token_signing_alg_values_supported,
        client_secret=begun.client.client_secret,
    )
