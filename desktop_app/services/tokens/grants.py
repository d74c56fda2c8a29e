"""Grants from token responses: a new one after a sign-in, a renewed one after a refresh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from desktop_app.oauth.authorization import AuthorizationResponse
from desktop_app.oauth.client_authentication import Client, choose_method
from desktop_app.oauth.form import FormValue
from desktop_app.oauth.id_token import signing_algorithm
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.oauth.resource_indicators import resource_fields
from desktop_app.oauth.token import TokenResponse
from desktop_app.oauth.token_exchange import GRANT_TYPE as EXCHANGE
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant
from desktop_app.services.sign_ins.begun_authorization import BegunAuthorization

_ENOUGH_TO_SEE: Final = 10.0


def provider_client(provider: Provider, metadata: ServerMetadata) -> Client:
    """Return Coatcheck as *provider* knows it; the client ID must be there."""
    method = provider.client_authentication or choose_method(
        metadata.token_endpoint_auth_methods_supported,
        has_secret=bool(provider.client_secret),
        has_key=bool(provider.private_key),
    )
    return Client(
        client_id=provider.client_id or "",
        client_secret=provider.client_secret,
        method=method,
        private_key=provider.private_key,
        algorithms=metadata.token_endpoint_auth_signing_alg_values_supported or (),
    )


def grant_client(grant: Grant) -> Client:
    """Return the client that *grant* was made with, whatever the provider's entry says now."""
    return Client(
        client_id=grant.client_id,
        client_secret=grant.client_secret,
        method=grant.client_authentication,
        private_key=grant.private_key,
        algorithms=grant.assertion_algorithms,
    )


def resource_of(resources: Sequence[str]) -> Mapping[str, FormValue]:
    """Return the further fields of a token request that tell what the token is for.

    A token is for one place (RFC 9700 section 2.3), and many providers refuse to give one for
    several: it is for the first; ``resources`` in a later wish name the others.

    Source: RFC 8707 section 2.2.
    """
    return resource_fields(resources[:1])


def new_grant(
    *,
    client: Client,
    metadata: ServerMetadata,
    scopes: tuple[str, ...],
    tokens: TokenResponse,
    issuer: str,
    now: float,
    provider: Provider,
    protections: tuple[str, ...],
    token_rules: TokenRules | None = None,
    dpop_key: str | None = None,
) -> Grant:
    """Return the grant that *tokens* make, bound to the endpoints and client in use now."""
    return Grant(
        issuer=issuer,
        **_places(metadata),
        ca_file=provider.ca_file,
        **_client(client),
        **_access(tokens, now),
        refresh_token=tokens.refresh_token,
        refresh_token_expires_at=_after(now, tokens.refresh_token_expires_in),
        id_token=tokens.id_token,
        scopes_requested=scopes,
        scopes_granted=scopes if tokens.scope is None else tokens.scope,
        protections=protections,
        token_rules=token_rules or provider.token,
        told=provider.token.kept(tokens.extra),
        own_revocation=provider.revocation,
        narrows=provider.token.narrows,
        resources=provider.resources,
        exchanges_tokens=EXCHANGE in (metadata.grant_types_supported or ()),
        granted_at=now,
        dpop_key=dpop_key,
    )


def renewed_grant(grant: Grant, tokens: TokenResponse, *, now: float) -> Grant:
    """Return *grant* with the tokens of a refresh response.

    A response without a refresh token leaves the old one in use; one without a scope leaves the
    permissions as they were. The ID token of a refresh is not kept: it has no nonce of ours.

    Source: RFC 6749 section 6, OpenID Connect Core section 12.2.
    """
    end = _refresh_token_end(grant, tokens, now)
    return replace(
        grant,
        **_access(tokens, now),
        **_refresh(grant, tokens),
        refresh_token_expires_at=end,
        refresh_token_end_fixed=_is_fixed(grant, end, now),
        scopes_granted=grant.scopes_granted if tokens.scope is None else tokens.scope,
        told={**grant.told, **grant.token_rules.kept(tokens.extra)},
    )


def with_refresh_token(grant: Grant, tokens: TokenResponse, *, now: float) -> Grant:
    """Return *grant* with the refresh token alone of a response that gave a token for less.

    Source: RFC 6749 section 6.
    """
    return replace(
        grant,
        **_refresh(grant, tokens),
        refresh_token_expires_at=_refresh_token_end(grant, tokens, now),
    )


def protections(
    begun: BegunAuthorization, response: AuthorizationResponse, tokens: TokenResponse
) -> tuple[str, ...]:
    """Return what protected this sign-in, for the details on the profile's page."""
    return tuple(_protections(begun, response, tokens))


def _protections(
    begun: BegunAuthorization, response: AuthorizationResponse, tokens: TokenResponse
) -> Iterator[str]:
    pending = begun.pending
    yield from ("pkce", "state")
    if begun.by_reference:
        yield "par"
    if begun.dpop_key:
        yield "dpop"
    if pending.nonce and tokens.id_token:
        yield "nonce"
    if response.iss and pending.iss_known:
        yield "iss"
    if response.posted:
        yield "form_post"
    if response.signed:
        yield "jarm"
    if tokens.id_token:
        yield f"id_token:{signing_algorithm(tokens.id_token)}"


def _refresh_token_end(grant: Grant, tokens: TokenResponse, now: float) -> float | None:
    told = _after(now, tokens.refresh_token_expires_in)
    if told is not None or tokens.refresh_token not in {None, grant.refresh_token}:
        return told
    return grant.refresh_token_expires_at


def _is_fixed(grant: Grant, end: float | None, now: float) -> bool:
    """Tell whether renewing leaves the end where it was, as far as can be seen by now."""
    if end is None or grant.refresh_token_expires_at is None:
        return False
    passed = now - grant.access_token_issued_at
    # Lifetimes are whole seconds: right after another renewal nothing can be seen yet.
    if passed < _ENOUGH_TO_SEE:
        return grant.refresh_token_end_fixed
    return end - grant.refresh_token_expires_at < passed / 2


def _places(metadata: ServerMetadata) -> dict[str, Any]:
    return {
        "authorization_endpoint": metadata.authorization_endpoint or "",
        "token_endpoint": metadata.token_endpoint or "",
        "userinfo_endpoint": metadata.userinfo_endpoint,
        "revocation_endpoint": metadata.revocation_endpoint,
        "introspection_endpoint": metadata.introspection_endpoint,
        "end_session_endpoint": metadata.end_session_endpoint,
        "jwks_uri": metadata.jwks_uri,
    }


def _client(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "private_key": client.private_key,
        "client_authentication": client.method,
        "assertion_algorithms": tuple(client.algorithms) if client.signs else (),
    }


def _access(tokens: TokenResponse, now: float) -> dict[str, Any]:
    return {
        "access_token": tokens.access_token,
        "token_type": tokens.token_type,
        "access_token_issued_at": now,
        "access_token_expires_at": _after(now, tokens.expires_in),
    }


def _refresh(grant: Grant, tokens: TokenResponse) -> dict[str, Any]:
    kept = tokens.refresh_token or grant.refresh_token
    return {
        "refresh_token": kept,
        "keeps_refresh_token": kept == grant.refresh_token,
        "refresh_sent_at": None,
    }


def _after(now: float, seconds: int | None) -> float | None:
    return None if seconds is None else now + seconds
