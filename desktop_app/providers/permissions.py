"""The permission slip: what an account's grant allows, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.providers.model import PermissionKind, Provider, ScopeText
from desktop_app.providers.scope_words import OPENID_SCOPES, UNKNOWN_SCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One scope with what it allows.

    Attributes:
        scope: As the provider spells it.
        text: A sentence without a full stop; a gettext msgid.
        care: True where the permission is broad, dangerous or not described.
        known: False where nobody has described the scope to us.
    """

    scope: str
    kind: PermissionKind
    text: str
    care: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSlip:
    """Every requested and granted scope, each in exactly one group.

    Attributes:
        see: Asked for and given: what can be seen.
        change: Asked for and given: what can be changed.
        act: Asked for and given: what can be done in the person's name. What nobody has
            described stands here too, because it may be that broad.
        not_given: Asked for, not given.
        not_asked: Given, not asked for.
    """

    see: tuple[Permission, ...] = ()
    change: tuple[Permission, ...] = ()
    act: tuple[Permission, ...] = ()
    not_given: tuple[Permission, ...] = ()
    not_asked: tuple[Permission, ...] = ()

    @property
    def allowed(self) -> tuple[Permission, ...]:
        """Everything that the grant allows, asked for or not."""
        return self.see + self.change + self.act + self.not_asked


def permissions(
    provider: Provider, requested: Sequence[str], granted: Sequence[str]
) -> PermissionSlip:
    """Sort the scopes of a grant into what they allow.

    A provider may answer with other names than were asked for (Google's long names for
    ``email`` and ``profile``); ``provider.scope_aliases`` makes them one.
    """
    asked = _canonical(provider, requested)
    given = _canonical(provider, granted)
    both = [describe(provider, scope) for scope in given if scope in asked]
    return PermissionSlip(
        see=_of_kind(both, "see"),
        change=_of_kind(both, "change"),
        act=_of_kind(both, "act"),
        not_given=tuple(describe(provider, scope) for scope in asked if scope not in given),
        not_asked=tuple(describe(provider, scope) for scope in given if scope not in asked),
    )


def describe(provider: Provider, scope: str) -> Permission:
    """Return *scope* with the provider's words, OpenID's, or the plain truth that we have none."""
    text = provider.scope_texts.get(scope)
    if text is None and provider.protocol == "oidc":
        text = OPENID_SCOPES.get(scope)
    return _permission(scope, text)


def _permission(scope: str, text: ScopeText | None) -> Permission:
    words = text or UNKNOWN_SCOPE
    return Permission(
        scope=scope,
        kind=words.kind,
        text=words.text,
        care=words.care,
        known=text is not None,
    )


def _canonical(provider: Provider, scopes: Sequence[str]) -> list[str]:
    names = (provider.scope_aliases.get(scope, scope) for scope in scopes)
    return list(dict.fromkeys(names))


def _of_kind(found: Sequence[Permission], kind: PermissionKind) -> tuple[Permission, ...]:
    return tuple(permission for permission in found if permission.kind == kind)
