"""The ID token of a refresh, held against that of the sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from desktop_app.oauth.algorithms import ASYMMETRIC
from desktop_app.oauth.compact_jws import read_compact
from desktop_app.oauth.errors import IdTokenError
from desktop_app.oauth.id_token import IdTokenExpectation

# They may be missing, but where both tokens have one it is the same. Not ``auth_time``, although
# section 12.2 says so: servers whose session is shared by many programs (Keycloak) tell when the
# person last signed in to any of them, and refusing that would cost a good sign-in.
_SAME: Final = ("nonce", "azp")


def expect_same(
    original: str, *, client_id: str, client_secret: str | None, access_token: str, now: float
) -> IdTokenExpectation:
    """Return what the ID token of a refresh must say to fit *original*, that of the sign-in.

    The issuer and the subject stay; a nonce is not needed. The provider may change to another
    asymmetric algorithm meanwhile, but not to signing with the client secret.

    Raises:
        IdTokenError: If *original* is no ID token.

    Source: OpenID Connect Core section 12.2.
    """
    first = read_compact(original)
    subject = first.claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise IdTokenError("sub", "the sign-in's names nobody")
    return IdTokenExpectation(
        issuer=str(first.claims.get("iss")),
        client_id=client_id,
        nonce=None,
        access_token=access_token,
        now=now,
        algorithms=(*ASYMMETRIC, first.algorithm),
        client_secret=client_secret,
        subject=subject,
    )


def check_unchanged(original: str, claims: Mapping[str, Any]) -> None:
    """Return if *claims*, of a valid ID token of a refresh, fit *original*, that of the sign-in.

    Raises:
        IdTokenError: If they don't; its ``check`` says which.

    Source: OpenID Connect Core section 12.2.
    """
    first = read_compact(original).claims
    for name in _SAME:
        if name in claims and name in first and claims[name] != first[name]:
            raise IdTokenError(name, "not that of the sign-in")
