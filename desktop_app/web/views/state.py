"""The one line that says how an account is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.services.accounts import Grant, Profile
from desktop_app.web.views.speech import Speech

SOON = 7 * 24 * 3600.0
"""From how many seconds before its end a permission asks for attention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """How an account is.

    Attributes:
        icon: Name of the icon.
        tone: ``good``, ``warn``, ``danger`` or "".
        html: One safe line.
        badge: The same in two words; "" if nothing needs attention.
        advice: A sentence that says what to do; "" if nothing.
    """

    icon: str
    tone: str
    html: str
    badge: str = ""
    advice: str = ""


def state_view(profile: Profile, speech: Speech) -> StateView:
    """Return how *profile* is, the first that fits."""
    for describe in (_taken_back, _ended, _ends_soon):
        state = describe(profile, speech)
        if state is not None:
            return state
    assert profile.grant is not None  # noqa: S101  # without a grant it would have ended
    return _good(profile.grant, speech)


def _taken_back(profile: Profile, speech: Speech) -> StateView | None:
    if profile.status != "revoked":
        return None
    return StateView(icon="no", tone="", html=speech.say("Taken back; sign in to use it again"))


def _ended(profile: Profile, speech: Speech) -> StateView | None:
    if profile.status == "active" and profile.grant and not _over(profile.grant, speech.now):
        return None
    return StateView(
        icon="warn",
        tone="warn",
        html=speech.say("Sign in again"),
        badge=speech.say("Sign in again"),
        advice=speech.say("Its permission has ended. What is kept here still shows."),
    )


def _over(grant: Grant, now: float) -> bool:
    if grant.refresh_token:
        return grant.refresh_token_expires_at is not None and grant.refresh_token_expires_at <= now
    return grant.access_token_expires_at is not None and grant.access_token_expires_at <= now


def _ends_soon(profile: Profile, speech: Speech) -> StateView | None:
    end = profile.grant and profile.grant.refresh_token and profile.grant.refresh_token_expires_at
    if not end or end - speech.now > SOON:
        return None
    return StateView(
        icon="clock",
        tone="warn",
        html=speech.timed("Sign in again before {time}", end),
        badge=speech.say("Ends soon"),
        advice=speech.say("Sign in again before {time}.", time=speech.until(end)),
    )


def _good(grant: Grant, speech: Speech) -> StateView:
    end = grant.access_token_expires_at
    if grant.refresh_token:
        return _renewing(end, speech.timed, speech)
    if end is None:
        return StateView(icon="good", tone="good", html=speech.say("Good until you take it back"))
    html = speech.timed("Good until {time}, then sign in again", end)
    return StateView(icon="clock", tone="", html=html)


def _renewing(end: float | None, timed: Callable[..., str], speech: Speech) -> StateView:
    if end is None or end <= speech.now:
        return StateView(icon="renew", tone="good", html=speech.say("Renews itself when needed"))
    return StateView(icon="renew", tone="good", html=timed("Renews itself, good until {time}", end))
