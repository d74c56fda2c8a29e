"""Grants as values: who allowed what to whom, and digests of the tokens that say so."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field, replace

from desktop_app.demo.ports import RandomBytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """An access token as kept: never the token itself.

    Attributes:
        scopes: May be fewer than the grant's, where a refresh asked for fewer.
    """

    digest: str
    scopes: tuple[str, ...]
    issued_at: float
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one person allowed one client, with the family of tokens that came from it.

    Attributes:
        refresh_digest: Of the newest refresh token alone; a refresh token names its grant, so
            an older one is recognised without being kept (RFC 9700 section 4.14.2).
        token: Of a grant that came the older way (RFC 5849), its token's identifier.
        token_secret: The secret itself, because signatures can't be checked with a digest.
    """

    id: str
    subject: str
    client_id: str
    scopes: tuple[str, ...]
    created_at: float
    authenticated_at: float
    refresh_digest: str | None = None
    access_tokens: tuple[AccessToken, ...] = field(default=())
    token: str | None = None
    token_secret: str | None = field(default=None, repr=False)

    def with_access(self, token: AccessToken, *, now: float) -> Grant:
        """Return the grant with *token* added and those that ended dropped."""
        alive = tuple(kept for kept in self.access_tokens if kept.expires_at > now)
        return replace(self, access_tokens=(*alive, token))

    def without_access(self, digest: str) -> Grant:
        """Return the grant without the access token of *digest*."""
        kept = tuple(token for token in self.access_tokens if token.digest != digest)
        return replace(self, access_tokens=kept)


def digest_token(token: str) -> str:
    """Return what is kept instead of *token*, which has enough randomness for a plain hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def same_digest(kept: str | None, digest: str) -> bool:
    """Compare two digests in constant time."""
    return kept is not None and hmac.compare_digest(kept, digest)


def new_secret(random: RandomBytes) -> str:
    """Return 256 random bits as URL-safe text."""
    return base64.urlsafe_b64encode(random(32)).rstrip(b"=").decode("ascii")


def new_refresh_token(grant_id: str, random: RandomBytes) -> str:
    """Return a refresh token that names its grant before the dot."""
    return f"{grant_id}.{new_secret(random)}"


def grant_of(refresh_token: str) -> str:
    """Return the id of the grant that *refresh_token* says it belongs to."""
    return refresh_token.partition(".")[0]
