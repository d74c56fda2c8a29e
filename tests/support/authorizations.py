"""A pending authorization for tests."""

from __future__ import annotations

import itertools
from typing import Any

from desktop_app.oauth.authorization import (
    AuthorizationWish,
    PendingAuthorization,
    begin_authorization,
)
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.pkce import RandomBytes

ISSUER = "https://op.example.com"
NOW = 1_700_000_000.0
METADATA = ServerMetadata(issuer=ISSUER, token_endpoint=ISSUER + "/token")


def begun(
    *,
    metadata: ServerMetadata = METADATA,
    random: RandomBytes | None = None,
    **changes: Any,
) -> PendingAuthorization:
    """Return an authorization request to ISSUER with *changes*; its random bytes count up."""
    numbers = itertools.count(1)
    values: dict[str, Any] = {
        "issuer": ISSUER,
        "client_id": "client",
        "redirect_uri": "http://127.0.0.1:5000/callback",
        "scopes": ("openid", "email"),
        "openid": True,
    }
    wish = AuthorizationWish(**{**values, **changes})

    def counted(size: int) -> bytes:
        return bytes([next(numbers)]) * size

    return begin_authorization(wish, metadata=metadata, random=random or counted, now=NOW)
