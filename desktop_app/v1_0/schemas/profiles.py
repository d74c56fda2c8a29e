"""Profiles, what is done with their grants, and lent tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec

from desktop_app.services.accounts import LentToken, Profile, ProfileStatus, Revocation
from desktop_app.v1_0.schemas.base import (
    Answer,
    Line,
    Name,
    Query,
    Request,
    Scopes,
    Seconds,
    Text,
    maybe_moment,
    moment,
)

Said = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line that a program says."""


class ProfilesQuery(Query):
    """Which profiles; ``query`` looks in names, e-mail addresses, labels and providers.

    ``token_host`` leaves those whose provider may send its tokens to that origin.
    """

    query: Line = ""
    provider: Line = ""
    token_host: Line = ""
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    limit: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 50


class ForgetQuery(Query):
    """``revoke=true`` takes the grant back at the provider first.

    ``sign_out=true`` opens the provider's page for signing out in the person's browser.
    """

    revoke: bool = False
    sign_out: bool = False


class RevokeWish(Request):
    """``sign_out`` opens the provider's page for signing out afterwards; for the person alone."""

    sign_out: bool = False


class ProfileChange(Request):
    """The person's own name for the profile; "" takes it away."""

    label: Line


class TokenWish(Request):
    """Which token, and how long to wait for the person's approval.

    ``purpose`` is what the program says that it is for; the person sees it as such.
    ``resource`` is the address of the server that the token is for (RFC 8707).
    """

    scopes: Scopes = msgspec.field(default_factory=list)
    resource: Line | None = None
    min_valid_seconds: Seconds = 60
    wait_seconds: Seconds = 60
    purpose: Said = ""


class RejectedToken(Request):
    """A token that a server refused."""

    access_token: Annotated[str, msgspec.Meta(min_length=1, max_length=65_536)]


class SignatureWish(Request):
    """A request to sign; ``parameters`` are its form-encoded body's, the rest as for a token."""

    method: Name
    url: Text
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
    wait_seconds: Seconds = 60
    purpose: Said = ""


class DpopProofWish(Request):
    """A request to prove; ``nonce`` is the one that its server gave last."""

    method: Name
    url: Text
    nonce: Line | None = None
    wait_seconds: Seconds = 60
    purpose: Said = ""


class ProfileBody(Answer):
    """One account at one provider; never a token."""

    id: str
    provider: str
    issuer: str
    subject: str
    label: str
    name: str | None
    username: str | None
    email: str | None
    avatar_url: str | None
    scopes_requested: list[str]
    scopes_granted: list[str]
    status: ProfileStatus
    access_token_expires_at: datetime | None
    can_refresh: bool
    created_at: datetime
    updated_at: datetime
    last_seen_at: datetime
    claims: dict[str, Any]


class ProfileList(Answer):
    """One page of profiles; ``total`` counts all that match."""

    profiles: list[ProfileBody]
    total: int


class RevocationBody(Answer):
    """What revoking really did, and how that is known."""

    profile_id: str
    revoked: list[str]
    proof: str
    message: str
    good_until: datetime | None
    settings_url: str | None
    complete: bool
    sign_out_url: str | None


class TokenBody(Answer):
    """An access token on its way to who asked; ``wider``: it can do more than was asked for."""

    access_token: str
    token_type: str
    expires_at: datetime | None
    scopes: list[str]
    wider: bool


class SignatureBody(Answer):
    """The ``Authorization`` header of a signed request (RFC 5849 section 3.5.1)."""

    authorization: str


class DpopProofBody(Answer):
    """The headers ``DPoP`` and ``Authorization`` of one request (RFC 9449 section 7.1)."""

    dpop: str
    authorization: str


class IntrospectionBody(Answer):
    """What the provider knows of the token (RFC 7662 section 2.2); further fields are its own."""

    active: bool


def profile_body(profile: Profile) -> ProfileBody:
    """Return *profile* for the outside."""
    grant = profile.grant
    return ProfileBody(
        id=profile.id,
        provider=profile.provider,
        issuer=profile.issuer,
        subject=profile.subject,
        label=profile.label,
        name=profile.name,
        username=profile.username,
        email=profile.email,
        avatar_url=profile.avatar_url,
        scopes_requested=list(grant.scopes_requested) if grant else [],
        scopes_granted=list(grant.scopes_granted) if grant else [],
        status=profile.status,
        access_token_expires_at=maybe_moment(grant.access_token_expires_at) if grant else None,
        can_refresh=grant is not None and grant.refresh_token is not None,
        created_at=moment(profile.created_at),
        updated_at=moment(profile.updated_at),
        last_seen_at=moment(profile.last_seen_at),
        claims=dict(profile.claims),
    )


def profile_list(profiles: Sequence[Profile], total: int) -> ProfileList:
    """Return one page of profiles for the outside."""
    return ProfileList(profiles=[profile_body(profile) for profile in profiles], total=total)


def revocation_body(revocation: Revocation, translate: Callable[[str], str]) -> RevocationBody:
    """Return what revoking did for the outside, its sentence in the language of *translate*."""
    changed = {
        "revoked": list(revocation.revoked),
        "good_until": maybe_moment(revocation.good_until),
        "message": translate(revocation.message),
    }
    return RevocationBody(**(asdict(revocation) | changed))


def token_body(token: LentToken) -> TokenBody:
    """Return the token itself; the one body that holds a secret."""
    return TokenBody(
        access_token=token.access_token,
        token_type=token.token_type,
        expires_at=maybe_moment(token.expires_at),
        scopes=list(token.scopes),
        wider=token.wider,
    )
