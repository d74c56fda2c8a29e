"""The calendar page: which accounts end when, and which renew themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop_app.providers.model import Provider
from desktop_app.services.upkeep.expirations import Expiration
from desktop_app.web.views.accounts import PictureSource, card_view, provider_of
from desktop_app.web.views.pictures import PictureView
from desktop_app.web.views.speech import Speech, msgid

_GROUPS = (
    ("person", msgid("Sign in again")),
    ("renews", msgid("Renews itself")),
    ("stays", msgid("Stays until you take it back")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafView:
    """A leaf of a calendar: the day, and its month above it; or an icon where there is no day.

    Attributes:
        title: Date and time to the second, for hovering.
    """

    month: str = ""
    day: str = ""
    title: str = ""
    icon: str = ""
    warn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One account; ``html`` is a safe sentence."""

    id: str
    title: str
    html: str
    badge: str
    leaf: LeafView
    picture: PictureView


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaView:
    """Accounts under one heading."""

    id: str
    title: str
    entries: Sequence[EntryView]


def agenda(
    expirations: Sequence[Expiration],
    providers: Mapping[str, Provider],
    source: PictureSource,
    speech: Speech,
) -> list[AgendaView]:
    """Return what fits under each heading, in the order in which it happens."""
    groups: dict[str, list[EntryView]] = {name: [] for name, _ in _GROUPS}
    for expiration in expirations:
        provider = provider_of(expiration.profile, providers)
        groups[_group(expiration)].append(_entry(expiration, provider, source, speech))
    return [
        AgendaView(id=name, title=speech.say(title), entries=groups[name])
        for name, title in _GROUPS
        if groups[name]
    ]


def _group(expiration: Expiration) -> str:
    if expiration.needs_person:
        return "person"
    return "renews" if expiration.ending.renews else "stays"


def _entry(
    expiration: Expiration, provider: Provider, source: PictureSource, speech: Speech
) -> EntryView:
    card = card_view(expiration.profile, provider, source, speech)
    return EntryView(
        id=card.id,
        title=speech.say("{name} at {provider}", name=card.name, provider=card.provider_name),
        html=_sentence(expiration, speech),
        badge=card.state.badge,
        leaf=_leaf(expiration, speech),
        picture=card.picture,
    )


def _leaf(expiration: Expiration, speech: Speech) -> LeafView:
    ending = expiration.ending
    if expiration.nearness == "over":
        return LeafView(icon="warn", warn=True)
    moment = ending.at if expiration.needs_person else ending.renews_at
    if moment is None:
        return LeafView(icon="renew" if ending.renews else "good")
    return LeafView(
        month=speech.month(moment),
        day=speech.day_of_month(moment),
        title=speech.exact(moment),
        warn=bool(expiration.nearness),
    )


def _sentence(expiration: Expiration, speech: Speech) -> str:
    ending = expiration.ending
    if expiration.nearness == "over":
        return speech.say("It has ended. What is kept here still shows.")
    if expiration.needs_person and ending.at is not None:
        return _last_day(expiration, ending.at, speech)
    if ending.renews_at is not None and ending.at is not None:
        return speech.due(
            "Next renewal: {time}, or when it is used. Left alone, it would end on {end}.",
            ending.renews_at,
            end=speech.day(ending.at),
        )
    if ending.renews_at is not None:
        return speech.due("Next renewal: {time}, or when it is used.", ending.renews_at)
    if ending.renews:
        return speech.say("Renewed when it is used.")
    return speech.say("Nobody has set an end.")


def _last_day(expiration: Expiration, end: float, speech: Speech) -> str:
    if expiration.ending.renews:
        return speech.due("Renewing it has failed so far. Sign in again by {time}.", end)
    grant = expiration.profile.grant
    if grant is not None and grant.refresh_token:
        return speech.due("Renews itself until {time}; then sign in again.", end)
    return speech.due("Can\u2019t be renewed: good until {time}, then sign in again.", end)
