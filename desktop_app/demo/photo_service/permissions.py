"""The scopes of the photo service, with the words its consent page says them in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One scope.

    Attributes:
        icon: Name of its drawing in ``static/icons.svg``.
        text: A sentence without a full stop; a msgid.
        note: A second, softer sentence; a msgid, or "".
        fixed: True where the person can't untick it, because nothing works without.
        care: True where it is dangerous, so that it is marked and starts unticked.
    """

    scope: str
    icon: str
    text: str
    note: str = ""
    fixed: bool = False
    care: bool = False


PERMISSIONS = (
    Permission(scope="openid", icon="person", text="Know that it is you", fixed=True),
    Permission(scope="profile", icon="card", text="See your name and your picture"),
    Permission(scope="email", icon="mail", text="See your e-mail address"),
    Permission(scope="photos.read", icon="photos", text="See all your photos"),
    Permission(
        scope="photos.delete",
        icon="bin",
        text="Delete your photos",
        note="Leave this off unless you want it.",
        care=True,
    ),
    Permission(
        scope="offline_access",
        icon="renew",
        text="Keep this access while you are away",
        note="Until you take it back.",
    ),
)
SCOPES = tuple(permission.scope for permission in PERMISSIONS)
OLDER_SCOPES = ("profile", "email", "photos.read", "photos.delete")
"""Without OpenID: there the account is known anyway, and access holds until it is taken back."""


def asked_permissions(scopes: Iterable[str]) -> tuple[Permission, ...]:
    """Return the permissions of *scopes*, in the order in which they are shown."""
    asked = set(scopes)
    return tuple(permission for permission in PERMISSIONS if permission.scope in asked)


def allowed_scopes(asked: Iterable[str], ticked: Iterable[str]) -> tuple[str, ...]:
    """Return what the person allowed: what was asked and ticked, and what can't be unticked."""
    chosen = set(ticked)
    return tuple(
        permission.scope
        for permission in asked_permissions(asked)
        if permission.fixed or permission.scope in chosen
    )
