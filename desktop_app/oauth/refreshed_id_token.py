"""The ID token of a refresh, held against that of the sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.oauth.compact_jws import read_compact
from desktop_app.oauth.errors import IdTokenError
from desktop_app.oauth.id_token import expect_same, validate_id_token
from desktop_app.oauth.jwks import JsonWebKeySet

# They may be missing, but where both tokens have one it is the same.
_SAME = ("nonce", "auth_time", "azp")


def validate_refreshed_id_token(
    token: str,
    keys: JsonWebKeySet,
    *,
    original: str,
    client_id: str,
    client_secret: str | None,
    access_token: str,
    now: float,
) -> Mapping[str, Any]:
    """Return the claims of *token*, which a refresh gave, after every check.

    Args:
        token: The new one.
        keys: The provider's.
        original: That of the sign-in, as it was kept.
        client_id: Of the grant.
        client_secret: Of the grant, for HS256.
        access_token: That came with *token*.
        now: Seconds since the epoch.

    Raises:
        UnknownKeyError: If no known key fits; fetch the keys once more and try again.
        ClockSkewError: If it is not valid yet or not any more.
        IdTokenError: If any other check fails; its ``check`` says which.

    Source: OpenID Connect Core section 12.2.
    """
    expectation = expect_same(
        original,
        client_id=client_id,
        client_secret=client_secret,
        access_token=access_token,
        now=now,
    )
    claims = validate_id_token(token, keys, expectation)
    first = read_compact(original).claims
    for name in _SAME:
        if name in claims and name in first and claims[name] != first[name]:
            raise IdTokenError(name, "not that of the sign-in")
    return claims
