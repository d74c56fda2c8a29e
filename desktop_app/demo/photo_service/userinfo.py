"""What the photo service says about an account, by scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desktop_app.demo.photo_service.accounts import Account


def userinfo_claims(account: Account, scopes: Iterable[str], *, issuer: str) -> dict[str, Any]:
    """Return the claims of *account* that *scopes* show.

    Source: OpenID Connect Core section 5.4.
    """
    allowed = set(scopes)
    claims: dict[str, Any] = {"sub": account.subject}
    if "profile" in allowed:
        claims |= {
            "name": account.name,
            "given_name": account.given_name,
            "preferred_username": account.username,
            "picture": f"{issuer}/people/{account.username}.jpg",
        }
    if "email" in allowed:
        claims |= {"email": account.email, "email_verified": True}
    return claims


def account_details(account: Account, scopes: Iterable[str], *, issuer: str) -> dict[str, Any]:
    """Return the same in the older way's words, which no standard gives."""
    names = {
        "sub": "id",
        "name": "name",
        "preferred_username": "username",
        "email": "email",
        "picture": "picture",
    }
    claims = userinfo_claims(account, scopes, issuer=issuer)
    return {names[name]: value for name, value in claims.items() if name in names}
