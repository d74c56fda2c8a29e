"""Permissions that may be asked for, and what to know where a grant is something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.providers.model import Provider
from desktop_app.providers.permissions import Permission, describe
from desktop_app.web.views.pictures import provider_name
from desktop_app.web.views.slip import short_scope
from desktop_app.web.views.speech import Speech

# OpenID's own scope is what makes it a sign-in; there is nothing to choose.
FIXED_SCOPES = frozenset({"openid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WishView:
    """One permission that may be asked for; ``badge`` says what came of asking before."""

    scope: str
    short: str
    text: str
    icon: str
    care: bool
    wanted: bool
    fixed: bool
    badge: str = ""


def wish_views(provider: Provider, scopes: Sequence[str], speech: Speech) -> list[WishView]:
    """Return *scopes* as they can be asked for at *provider*."""
    return [_wish(describe(provider, scope), provider, speech) for scope in scopes]


def _wish(permission: Permission, provider: Provider, speech: Speech) -> WishView:
    return WishView(
        scope=permission.scope,
        short=short_scope(permission.scope),
        text=speech.translate(permission.text),
        icon=permission.kind,
        care=permission.care,
        wanted=permission.scope in provider.scopes,
        fixed=permission.scope in FIXED_SCOPES,
    )


def gives_words(provider: Provider, speech: Speech) -> str:
    """Return what to know where a grant is not what was asked for, else ""."""
    name = provider_name(provider, speech.translate)
    if provider.gives == "everything":
        return speech.say(
            "{provider} gives the whole account, whatever is asked for.", provider=name
        )
    if provider.gives == "app":
        return speech.say(
            "What it may do is set at {provider}, where the app was made.", provider=name
        )
    return ""
