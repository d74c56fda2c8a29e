"""The profile page: identity, permissions, time, and the details folded away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from desktop_app.oauth.text import clean_text
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.photos import PHOTOS, PHOTOS_OLDER
from desktop_app.services.profiles.naming import shown_subject
from desktop_app.services.tokens.sign_outs import can_sign_out
from desktop_app.web.views.accounts import CardView, PictureSource, card_view
from desktop_app.web.views.asking import can_ask
from desktop_app.web.views.slip import GroupView, slip_of, slip_view
from desktop_app.web.views.speech import Speech
from desktop_app.web.views.timeline import TimelineView, timelines
from desktop_app.web.views.wishes import gives_words

_LONG: Final = 10_000
_PRINTS: Final[Mapping[str, Literal["token", "signature"]]] = {
    PHOTOS: "token",
    PHOTOS_OLDER: "signature",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """One line under Details; ``html`` is set instead of ``value`` where a time is in it."""

    term: str
    value: str = ""
    html: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsView:
    """A titled group of facts."""

    title: str
    facts: Sequence[FactView]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """Everything on the profile page.

    Attributes:
        photos: Which key the printing service can be lent: ``token``, ``signature``, or "".
        lost_answer: True if the grant ended because the answer to a renewal got lost.
        renewable: True if "Renew now" can do something.
        revocable: True if there is something left to take back.
        tells_provider: False where the provider has no way to be told; ``good_until`` is safe
            HTML that says when the access ends by itself then.
        can_sign_out: True if the provider has a page where the person's session there ends.
        gives: A sentence where a grant is something else than what was asked for.
    """

    card: CardView
    label: str
    revoked: bool
    needs_sign_in: bool
    lost_answer: bool
    renewable: bool
    revocable: bool
    tells_provider: bool
    can_sign_out: bool
    provider_page: str
    gives: str
    gives_everything: bool
    good_until: str
    photos: Literal["", "token", "signature"]
    can_ask: bool
    slip: Sequence[GroupView]
    timelines: Sequence[TimelineView]
    seen: str
    details: Sequence[FactsView]


def profile_view(
    profile: Profile, provider: Provider, source: PictureSource, speech: Speech
) -> ProfileView:
    """Return the page of *profile*."""
    grant = profile.grant
    card = card_view(profile, provider, source, speech)
    active = profile.status == "active" and grant is not None
    return ProfileView(
        card=card,
        label=profile.label,
        revoked=profile.status == "revoked",
        needs_sign_in=profile.status == "needs_sign_in" or bool(card.state.badge),
        lost_answer=profile.status == "needs_sign_in" and bool(grant and grant.refresh_sent_at),
        renewable=active and bool(grant and grant.refresh_token),
        revocable=grant is not None and profile.status != "revoked",
        tells_provider=bool(grant and (grant.revocation_endpoint or grant.own_revocation)),
        can_sign_out=can_sign_out(grant),
        provider_page=provider.guide.settings_url or provider.guide.docs_url or "",
        gives=gives_words(provider, speech),
        gives_everything=provider.gives == "everything",
        good_until=_good_until(grant, speech),
        photos=_PRINTS.get(provider.id, "") if active else "",
        can_ask=active and can_ask(provider),
        slip=slip_view(slip_of(profile, provider), speech),
        timelines=timelines(profile, speech),
        seen=speech.seen(
            "{provider} last answered {time}.", profile.last_seen_at, provider=card.provider_name
        ),
        details=_details(profile, speech),
    )


def _good_until(grant: Grant | None, speech: Speech) -> str:
    if grant is None:
        return ""
    end = grant.refresh_token_expires_at if grant.refresh_token else grant.access_token_expires_at
    if end is None:
        return escape(speech.say("Nobody has said when this access ends by itself."))
    return speech.timed("Until then it stays good; by itself it ends {time}.", end)


def _details(profile: Profile, speech: Speech) -> list[FactsView]:
    groups = [
        FactsView(title=speech.say("Identifiers"), facts=_identifiers(profile, speech)),
        FactsView(title=speech.say("Claims"), facts=_claims(profile)),
    ]
    if profile.grant is not None:
        groups.append(
            FactsView(title=speech.say("Endpoints"), facts=_endpoints(profile.grant, speech))
        )
        groups.append(
            FactsView(
                title=speech.say("Protections used"), facts=_protections(profile.grant, speech)
            )
        )
    return [group for group in groups if group.facts]


def _identifiers(profile: Profile, speech: Speech) -> list[FactView]:
    facts = [
        FactView(term=speech.say("Issuer"), value=profile.issuer),
        FactView(term=speech.say("Subject"), value=shown_subject(profile), code=True),
        FactView(term=speech.say("Profile"), value=profile.id, code=True),
    ]
    if profile.grant is not None:
        facts.append(
            FactView(term=speech.say("Client ID"), value=profile.grant.client_id, code=True)
        )
    facts.append(FactView(term=speech.say("Connected"), html=speech.stamp(profile.created_at)))
    facts.append(FactView(term=speech.say("Last changed"), html=speech.stamp(profile.updated_at)))
    return facts


def _claims(profile: Profile) -> list[FactView]:
    return [
        FactView(term=clean_text(name), value=clean_text(_plain(value), limit=_LONG))
        for name, value in profile.claims.items()
    ]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _endpoints(grant: Grant, speech: Speech) -> list[FactView]:
    endpoints = (
        (speech.say("Authorization"), grant.authorization_endpoint),
        (speech.say("Token"), grant.token_endpoint),
        (speech.say("Userinfo"), grant.userinfo_endpoint),
        (speech.say("Revocation"), grant.revocation_endpoint),
        (speech.say("Introspection"), grant.introspection_endpoint),
        (speech.say("Signing out"), grant.end_session_endpoint),
        (speech.say("Keys"), grant.jwks_uri),
    )
    meant_for = [(speech.say("Meant for"), resource) for resource in grant.resources]
    return [FactView(term=term, value=value) for term, value in (*endpoints, *meant_for) if value]


def _protections(grant: Grant, speech: Speech) -> list[FactView]:
    facts = [fact for name in grant.protections if (fact := _protection(name, speech))]
    if grant.refresh_token:
        facts.append(
            FactView(term=speech.say("Refresh token"), value=speech.say("sealed on this disk"))
        )
    return facts


def _protection(name: str, speech: Speech) -> FactView:
    words = {
        "pkce": ("PKCE", speech.say("S256")),
        "state": ("state", speech.say("checked, used once")),
        "nonce": ("nonce", speech.say("checked, used once")),
        "iss": ("iss", speech.say("the answer names the right issuer")),
        "device_code": (
            speech.say("Code"),
            speech.say("typed by you on another device, used once"),
        ),
        "par": ("PAR", speech.say("what was asked for didn't go through the browser")),
        "dpop": ("DPoP", speech.say("bound to a key that never leaves this computer")),
        "jarm": ("JARM", speech.say("the answer was signed by the provider")),
        "form_post": ("form_post", speech.say("the answer never stood in an address")),
    }
    if name in words:
        term, value = words[name]
        return FactView(term=term, value=value)
    if name == "verifier":
        return FactView(term=name, value=speech.say("checked, used once"))
    kind, _, algorithm = name.partition(":")
    if kind == "signed":
        return FactView(
            term=speech.say("Every request"),
            value=speech.say("signed, {algorithm}", algorithm=algorithm),
        )
    if kind == "id_token":
        value = speech.say(
            "signature {algorithm}, issuer and audience checked", algorithm=algorithm
        )
        return FactView(term=speech.say("ID token"), value=value)
    return FactView(term=name, value=speech.say("used"))
