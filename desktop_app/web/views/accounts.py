"""The accounts page: what needs attention, then a card a profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Profile
from desktop_app.services.profiles.naming import display_name, shown_subject
from desktop_app.web.views.pictures import PictureView, picture_view, provider_name
from desktop_app.web.views.slip import slip_of
from desktop_app.web.views.speech import Speech
from desktop_app.web.views.state import StateView, state_view


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """One account as a card."""

    id: str
    name: str
    provider_id: str
    provider_name: str
    identifier: str
    picture: PictureView
    state: StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionView:
    """One account as a row that asks for something; ``html`` is a safe sentence."""

    card: CardView
    title: str
    html: str
    icon: str
    badge: str


PictureSource = Callable[[Profile], str]
"""Address of the kept picture of a profile, or ""."""


def provider_of(profile: Profile, providers: Mapping[str, Provider]) -> Provider:
    """Return the provider of *profile*; one that was deleted still has its id and issuer."""
    found = providers.get(profile.provider)
    return found or Provider(id=profile.provider, name=profile.provider, issuer=profile.issuer)


def identifier_of(profile: Profile) -> str:
    """Return how the account calls itself: e-mail, username or, at last, its subject."""
    if profile.email:
        return profile.email
    if profile.username:
        return profile.username
    return shown_subject(profile)


def card_view(
    profile: Profile, provider: Provider, source: PictureSource, speech: Speech
) -> CardView:
    """Return the card of *profile*."""
    return CardView(
        id=profile.id,
        name=display_name(profile),
        provider_id=profile.provider,
        provider_name=provider_name(provider, speech.translate),
        identifier=identifier_of(profile),
        picture=picture_view(profile, provider, source(profile)),
        state=state_view(profile, speech),
    )


def attention_views(
    cards: Sequence[tuple[Profile, Provider, CardView]], speech: Speech
) -> list[AttentionView]:
    """Return a row for each account that needs the person, what is most urgent first."""
    rows = [row for entry in cards if (row := _attention(*entry, speech)) is not None]
    return sorted(rows, key=_urgency)


def _urgency(row: AttentionView) -> tuple[bool, float]:
    """What has ended, then what will, then what is only to be looked at."""
    state = row.card.state
    return not state.badge, state.ends_at or 0.0


def _attention(
    profile: Profile, provider: Provider, card: CardView, speech: Speech
) -> AttentionView | None:
    if card.state.badge:
        return _row(card, card.state.advice, card.state.icon, card.state.badge, speech)
    extra = slip_of(profile, provider).not_asked
    if not extra or profile.status != "active":
        return None
    text = speech.count(
        "It was given {n} permission that nobody asked for.",
        "It was given {n} permissions that nobody asked for.",
        len(extra),
    )
    return _row(card, escape(text), "care", speech.say("Have a look"), speech)


def _row(card: CardView, html: str, icon: str, badge: str, speech: Speech) -> AttentionView:
    title = speech.say("{name} at {provider}", name=card.name, provider=card.provider_name)
    return AttentionView(card=card, title=title, html=html, icon=icon, badge=badge)
