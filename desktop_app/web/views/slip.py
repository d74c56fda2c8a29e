"""The permission slip in words, for the profile page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop_app.providers.model import Provider
from desktop_app.providers.permissions import Permission, PermissionSlip, permissions
from desktop_app.services.accounts import Grant, Profile
from desktop_app.web.views.speech import Speech, msgid

_GROUPS = (
    ("see", "see", msgid("Viewing")),
    ("change", "change", msgid("Changing")),
    ("act", "act", msgid("In your name")),
    ("not_asked", "care", msgid("Given without being asked for")),
    ("not_given", "no", msgid("Asked for, not given")),
)
_SHORT = 44
_OFFLINE = "offline_access"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One permission: a sentence, whether to take care, and the raw name."""

    text: str
    care: bool
    scope: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Permissions of one kind; ``refused`` ones are struck through."""

    icon: str
    title: str
    refused: bool
    lines: Sequence[LineView]


def slip_of(profile: Profile, provider: Provider) -> PermissionSlip:
    """Return what was requested against what was granted, sorted by what it allows."""
    if profile.grant is None:
        return PermissionSlip()
    return permissions(provider, profile.grant.scopes_requested, _granted(profile.grant))


def _granted(grant: Grant) -> tuple[str, ...]:
    """Return what was given; a provider that gives a refresh token has let us stay signed in.

    Microsoft leaves ``offline_access`` out of what it names, whether it gave that or not.
    """
    if grant.refresh_token and _OFFLINE in grant.scopes_requested:
        return tuple(dict.fromkeys((*grant.scopes_granted, _OFFLINE)))
    return grant.scopes_granted


def slip_view(slip: PermissionSlip, speech: Speech) -> list[GroupView]:
    """Return the groups of *slip* that have anything in them."""
    return [
        GroupView(
            icon=icon,
            title=speech.say(title),
            refused=group == "not_given",
            lines=[_line(permission, speech) for permission in getattr(slip, group)],
        )
        for group, icon, title in _GROUPS
        if getattr(slip, group)
    ]


def short_scope(scope: str) -> str:
    """Return *scope*, or its end: some providers' names are whole addresses."""
    path = urlsplit(scope).path if "://" in scope else ""
    short = f"…{path}" if len(path) > 1 else scope
    return short if len(short) <= _SHORT else "…" + short[-_SHORT:]


def _line(permission: Permission, speech: Speech) -> LineView:
    return LineView(
        text=speech.translate(permission.text),
        care=permission.care,
        scope=permission.scope,
        short=short_scope(permission.scope),
    )
