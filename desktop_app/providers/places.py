"""Where a provider is, and which secrets may stay when that changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from desktop_app.providers.model import Provider

ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "request_token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "device_authorization_endpoint",
    "registration_endpoint",
    "pushed_authorization_request_endpoint",
    "end_session_endpoint",
    "jwks_uri",
)
SECRETS = ("client_secret", "private_key", "initial_access_token")


def keep_secrets(new: Provider, old: Provider, draft: Mapping[str, Any]) -> Provider:
    """Return *new* with the secrets of *old* that *draft* says nothing about.

    Secrets are never given back to a form, so leaving one out keeps it. It belongs to one
    client at one place, though: with another client ID, issuer or endpoint it goes, or it would
    be sent to whoever is there.
    """
    if _place(new) != _place(old) or new.client_id != old.client_id:
        return new
    kept = {name: getattr(old, name) for name in SECRETS if name not in draft}
    return replace(new, **kept)


def _place(provider: Provider) -> tuple[str | None, ...]:
    # Discovery turns a slash at the end as the issuer itself spells it; that is no other place.
    issuer = (provider.issuer or "").rstrip("/")
    return (issuer, *(getattr(provider, name) for name in ENDPOINTS))
