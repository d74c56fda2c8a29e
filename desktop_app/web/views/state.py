"""The one line that says how an account is."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.upkeep.endings import Ending, Nearness, ending_of
from desktop_app.web.views.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """How an account is.

    Attributes:
        icon: Name of the icon.
        tone: ``good``, ``warn``, ``danger`` or "".
        html: One safe line.
        badge: The same in two words; "" if nothing needs attention.
        advice: A sentence that says what to do, safe HTML; "" if nothing.
        ends_at: When something has to be done at the latest; None where nothing or now.
    """

    icon: str
    tone: str
    html: str
    badge: str = ""
    advice: str = ""
    ends_at: float | None = None


def state_view(profile: Profile, speech: Speech) -> StateView:
    """Return how *profile* is."""
    ending = ending_of(profile)
    nearness = ending.nearness(speech.now)
    if profile.status == "revoked":
        text = speech.say("Taken back; sign in to use it again")
        return StateView(icon="no", tone="", html=text)
    if profile.grant is None or profile.status != "active" or nearness == "over":
        return _ended(speech, unsure=profile.status == "active" and ending.renews)
    if nearness and ending.at is not None:
        return _ends_soon(ending, ending.at, nearness, speech)
    return _good(profile.grant, ending, speech)


def _ended(speech: Speech, *, unsure: bool) -> StateView:
    advice = speech.say("Its permission has ended. What is kept here still shows.")
    if unsure:
        advice = speech.say("It lay unused for long. Renew it, and you see whether it still works.")
    said = speech.say("Sign in again")
    return StateView(icon="warn", tone="warn", html=said, badge=said, advice=advice)


def _ends_soon(ending: Ending, end: float, nearness: Nearness, speech: Speech) -> StateView:
    advice = speech.due("Sign in again by {time}.", end)
    if ending.renews:
        advice = speech.due("Renewing it has failed so far. Sign in again by {time}.", end)
    return StateView(
        icon="clock",
        tone="warn",
        html=speech.due("Sign in again by {time}", end),
        badge=_how_soon(end, nearness, speech),
        advice=advice,
        ends_at=end,
    )


def _how_soon(end: float, nearness: Nearness, speech: Speech) -> str:
    if nearness == "week":
        return speech.say("Ends soon")
    return speech.say("Ends today") if speech.is_today(end) else speech.say("Ends tomorrow")


def _good(grant: Grant, ending: Ending, speech: Speech) -> StateView:
    end = grant.access_token_expires_at
    if ending.renews:
        return _renewing(end, speech)
    if grant.refresh_token and ending.at is not None:
        html = speech.due("Renews itself; sign in again by {time}", ending.at)
        return StateView(icon="renew", tone="good", html=html)
    if end is None:
        return StateView(icon="good", tone="good", html=speech.say("Good until you take it back"))
    html = speech.timed("Good until {time}, then sign in again", end)
    return StateView(icon="clock", tone="", html=html)


def _renewing(end: float | None, speech: Speech) -> StateView:
    if end is None or end <= speech.now:
        return StateView(icon="renew", tone="good", html=speech.say("Renews itself when needed"))
    html = speech.timed("Renews itself, good until {time}", end)
    return StateView(icon="renew", tone="good", html=html)
