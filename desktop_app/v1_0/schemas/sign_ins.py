"""Sign-ins: how one is started, answered and seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desktop_app.services.accounts import Flow, SignIn, SignInStatus, SignInStep
from desktop_app.v1_0.schemas.base import (
    Answer,
    Line,
    Name,
    Request,
    Resources,
    Scopes,
    Sparse,
    Text,
    moment,
)


class SignInStart(Request):
    """Which provider, and how; ``for_profile`` is the id of an account to sign in to again."""

    provider: Name
    scopes: Scopes | None = None
    resources: Resources | None = None
    flow: Flow | None = None
    open_browser: bool = True
    login_hint: Line | None = None
    for_profile: Name | None = None


class SignInAnswer(Request):
    """The pasted final address, or OAuth 1.0a's verifier; one of the two."""

    url: Text | None = None
    code: Line | None = None


class SignInBody(Sparse):
    """One sign-in. The addresses are there while it is pending, the rest when it ended."""

    id: str
    provider: str
    provider_name: str
    flow: Flow
    status: SignInStatus
    created_at: datetime
    expires_at: datetime
    step: SignInStep | None = None
    browser_opened: bool | None = None
    authorization_url: str | None = None
    redirect_uri: str | None = None
    user_code: str | None = None
    verification_uri: str | None = None
    verification_uri_complete: str | None = None
    for_profile: str | None = None
    profile_id: str | None = None
    error: str | None = None
    message: str | None = None


class SignInList(Answer):
    """Every sign-in that can still be asked about."""

    sign_ins: list[SignInBody]
    total: int


def sign_in_body(sign_in: SignIn) -> SignInBody:
    """Return *sign_in* for the outside."""
    names = set(SignInBody.__struct_fields__) - {"created_at", "expires_at"}
    return SignInBody(
        created_at=moment(sign_in.created_at),
        expires_at=moment(sign_in.expires_at),
        **{name: getattr(sign_in, name) for name in names},
    )


def sign_in_list(sign_ins: Sequence[SignIn]) -> SignInList:
    """Return all of *sign_ins* for the outside."""
    return SignInList(sign_ins=[sign_in_body(each) for each in sign_ins], total=len(sign_ins))
