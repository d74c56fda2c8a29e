"""The accounts, and what can be done with their grants."""

from __future__ import annotations

from desktop_app.v1_0.operation import NOTHING, PNG, Operation
from desktop_app.v1_0.schemas import profiles as p
from desktop_app.v1_0.schemas import program

_ONE_PROFILE = (404, 409)
_ASKS_PROVIDER = (404, 409, 502)

PROFILES = (
    Operation("profiles", "get", "/profiles", "The accounts", p.ProfileList, query=p.ProfilesQuery),
    Operation(
        "profile", "get", "/profiles/{id}", "One account", p.ProfileBody, errors=_ONE_PROFILE
    ),
    Operation(
        "profile",
        "patch",
        "/profiles/{id}",
        "Name an account",
        p.ProfileBody,
        takes=p.ProfileChange,
        errors=(*_ONE_PROFILE, 507),
    ),
    Operation(
        "profile",
        "delete",
        "/profiles/{id}",
        "Forget an account here",
        NOTHING,
        status=204,
        query=p.ForgetQuery,
        errors=(*_ASKS_PROVIDER, 507),
    ),
    Operation(
        "profile-picture",
        "get",
        "/profiles/{id}/picture",
        "The account's picture",
        PNG,
        errors=_ONE_PROFILE,
    ),
    Operation(
        "profile-refresh",
        "post",
        "/profiles/{id}/refresh",
        "Renew the grant and the account's details",
        p.ProfileBody,
        takes=program.NoFields,
        errors=(*_ASKS_PROVIDER, 507),
    ),
    Operation(
        "profile-revoke",
        "post",
        "/profiles/{id}/revoke",
        "Revoke at the provider",
        p.RevocationBody,
        takes=p.RevokeWish,
        errors=(*_ASKS_PROVIDER, 507),
    ),
    Operation(
        "profile-introspect",
        "post",
        "/profiles/{id}/introspect",
        "Ask the provider about the token",
        p.IntrospectionBody,
        takes=program.NoFields,
        errors=_ASKS_PROVIDER,
    ),
    Operation(
        "profile-token",
        "post",
        "/profiles/{id}/token",
        "An access token",
        p.TokenBody,
        takes=p.TokenWish,
        errors=(*_ASKS_PROVIDER, 408, 429, 507),
    ),
    Operation(
        "profile-rejected-token",
        "post",
        "/profiles/{id}/rejected-token",
        "A server refused a token; it is renewed once if it is the newest",
        NOTHING,
        status=204,
        takes=p.RejectedToken,
        errors=(*_ASKS_PROVIDER, 507),
    ),
    Operation(
        "profile-oauth1",
        "post",
        "/profiles/{id}/oauth1-signature",
        "Sign a request with OAuth 1.0a",
        p.SignatureBody,
        takes=p.SignatureWish,
        errors=(*_ASKS_PROVIDER, 408, 429, 507),
    ),
    Operation(
        "profile-dpop",
        "post",
        "/profiles/{id}/dpop-proof",
        "Prove a request with a bound token (RFC 9449)",
        p.DpopProofBody,
        takes=p.DpopProofWish,
        errors=(*_ASKS_PROVIDER, 408, 429, 507),
    ),
)
