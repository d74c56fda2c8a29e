"""Asking for more or fewer permissions: what is known, what was asked for, what was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.providers.model import Provider
from desktop_app.providers.permissions import describe
from desktop_app.providers.scope_words import OPENID_SCOPES
from desktop_app.services.accounts import Profile
from desktop_app.web.views.slip import short_scope, slip_of
from desktop_app.web.views.speech import Speech
from desktop_app.web.views.wishes import FIXED_SCOPES, WishView, gives_words


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingView:
    """The page.

    Attributes:
        had: Asked for before, or given without that.
        further: What could be asked for besides.
        gives: A sentence where a grant is something else than what was asked for.
    """

    had: Sequence[WishView]
    further: Sequence[WishView]
    gives: str
    gives_everything: bool


def asking_view(profile: Profile, provider: Provider, speech: Speech) -> AskingView:
    """Return what can be asked for at the account of *profile*."""
    slip = slip_of(profile, provider)
    given = [each.scope for each in slip.allowed]
    not_given = [each.scope for each in slip.not_given]
    asked = {*given, *not_given} - {each.scope for each in slip.not_asked}
    badges = {
        **dict.fromkeys(not_given, speech.say("Asked for, not given")),
        **{each.scope: speech.say("Given without being asked for") for each in slip.not_asked},
    }

    def wish(scope: str) -> WishView:
        permission = describe(provider, scope)
        return WishView(
            scope=scope,
            short=short_scope(scope),
            text=speech.translate(permission.text),
            icon=permission.kind,
            care=permission.care,
            wanted=scope in asked,
            fixed=scope in FIXED_SCOPES and scope in asked,
            badge=badges.get(scope, ""),
        )

    had = list(dict.fromkeys((*given, *not_given)))
    return AskingView(
        had=[wish(scope) for scope in had],
        further=[wish(scope) for scope in _known(provider) if scope not in had],
        gives=gives_words(provider, speech),
        gives_everything=provider.gives == "everything",
    )


def can_ask(provider: Provider) -> bool:
    """Tell whether asking for other permissions changes anything at *provider*."""
    return provider.gives == "asked" and bool(_known(provider))


def _known(provider: Provider) -> list[str]:
    """Return every permission that has words, the usual ones first.

    A preset names those that its provider takes; one that it doesn't know may fail a sign-in.
    """
    unnamed = provider.protocol == "oidc" and not provider.scope_texts
    shared = OPENID_SCOPES if unnamed else ()
    return list(dict.fromkeys((*provider.scopes, *provider.scope_texts, *shared)))
