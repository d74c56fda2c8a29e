"""Accounts of a served program whose access is more than a token that anybody may show."""

from __future__ import annotations

from typing import Any

from desktop_app.oauth.dpop import new_dpop_key
from tests.support.served import Served

KEY = new_dpop_key()


def add_bound(served: Served, **changes: Any) -> None:
    """Keep an account whose token is bound to `KEY`."""
    served.add_profile(token_type="DPoP", **{"dpop_key": KEY, **changes})


def add_signing(served: Served, **changes: Any) -> None:
    """Keep an account that signs its requests, by OAuth 1.0a."""
    served.add_profile(
        client_secret="consumer-secret",
        access_token="token-1",
        token_secret="secret-1",
        refresh_token=None,
        **{"signature_method": "HMAC-SHA256", **changes},
    )
