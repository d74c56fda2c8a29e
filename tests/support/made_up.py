"""Made-up accounts and sign-ins, and the moment at which they are looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from desktop_app.services.accounts import Grant, Profile, SignIn

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 14, 13, 36, tzinfo=ZONE).timestamp()
HOUR, DAY = 3600.0, 86400.0


def grant(**changes: Any) -> Grant:
    """Return a grant in the middle of its hour that renews itself."""
    values: dict[str, Any] = {
        "issuer": "https://accounts.example.org",
        "authorization_endpoint": "https://accounts.example.org/authorize",
        "token_endpoint": "https://accounts.example.org/token",
        "revocation_endpoint": "https://accounts.example.org/revoke",
        "client_id": "example-client",
        "access_token": "SECRET-ACCESS",
        "refresh_token": "SECRET-REFRESH",
        "access_token_issued_at": NOW - 31 * 60,
        "access_token_expires_at": NOW + 29 * 60,
        "scopes_requested": ("openid", "profile", "email"),
        "scopes_granted": ("openid", "profile", "email"),
        "protections": ("pkce", "state", "nonce", "iss", "id_token:RS256"),
    }
    return Grant(**{**values, **changes})


def profile(**changes: Any) -> Profile:
    """Return a made-up account."""
    values: dict[str, Any] = {
        "id": "sample",
        "provider": "google",
        "issuer": "https://accounts.example.org",
        "subject": "100000000000000000001",
        "name": "Sample Person",
        "email": "sample@example.org",
        "created_at": NOW - 225 * DAY,
        "updated_at": NOW - 2 * HOUR,
        "last_seen_at": NOW - 4.4 * HOUR,
        "claims": {
            "name": "Sample Person",
            "email": "sample@example.org",
            "email_verified": True,
            "locale": "en",
            "groups": ["staff", "photographers"],
        },
        "grant": grant(),
    }
    return Profile(**{**values, **changes})


def sign_in(**changes: Any) -> SignIn:
    """Return a sign-in that waits."""
    values: dict[str, Any] = {
        "id": "waiting",
        "provider": "github",
        "provider_name": "GitHub",
        "flow": "redirect",
        "status": "pending",
        "step": "waiting",
        "authorization_url": "https://github.com/login/oauth/authorize?client_id=example&state=x",
        "redirect_uri": "http://127.0.0.1:39121/callback",
        "created_at": NOW - 30,
        "expires_at": NOW + 570,
        "browser_opened": True,
    }
    return SignIn(**{**values, **changes})


def some_profiles() -> list[Profile]:
    """Return one account in each state that a page shows differently."""
    mail = "https://mail.google.com/"
    return [
        profile(
            grant=grant(
                scopes_requested=("openid", "profile", "email", mail),
                scopes_granted=("openid", "profile", "email"),
            )
        ),
        profile(
            id="coder",
            provider="github",
            subject="583231",
            name="Sample Coder",
            username="sample-coder",
            email=None,
            grant=grant(
                refresh_token=None,
                access_token_expires_at=None,
                revocation_endpoint=None,
                scopes_requested=("read:user", "repo", "workflow"),
                scopes_granted=("read:user", "repo", "workflow"),
                protections=("pkce", "state"),
            ),
        ),
        profile(
            id="works",
            provider="example-works",
            subject="s.person",
            name="S. Person",
            email="s.person@works.example",
            grant=grant(
                granted_at=NOW - 28 * DAY,
                refresh_token_expires_at=NOW + 2 * DAY + 3.4 * HOUR,
                refresh_token_end_fixed=True,
            ),
        ),
        profile(
            id="lab",
            provider="gitlab",
            subject="77",
            name="Sample Lab",
            username="sample.lab",
            email="lab@example.org",
            grant=grant(
                granted_at=NOW - 40 * DAY,
                access_token_issued_at=NOW - 8 * DAY,
                access_token_expires_at=NOW - 8 * DAY + 2 * HOUR,
                refresh_token_expires_at=NOW + 22 * DAY,
                scopes_requested=("openid", "read_user"),
                scopes_granted=("openid", "read_user", "api", "write_repository"),
            ),
        ),
        profile(
            id="office",
            provider="microsoft",
            subject="AAAA",
            name="Sample Office",
            email="office@example.org",
            status="needs_sign_in",
        ),
        profile(
            id="photos-anna",
            provider="photos",
            issuer="http://127.0.0.1:40404",
            subject="anna",
            name="Anna Albers",
            username="anna",
            email="anna@photos.example",
            created_at=NOW - 2 * HOUR,
            last_seen_at=NOW - 60,
            grant=grant(
                access_token_issued_at=NOW - 60,
                access_token_expires_at=NOW + 240,
                scopes_requested=(
                    "openid",
                    "profile",
                    "email",
                    "photos.read",
                    "photos.delete",
                    "offline_access",
                ),
                scopes_granted=("openid", "profile", "email", "photos.read", "offline_access"),
            ),
        ),
        profile(
            id="old",
            provider="google",
            subject="2",
            name="Проба Образцова",
            email="proba@example.org",
            status="revoked",
        ),
    ]
