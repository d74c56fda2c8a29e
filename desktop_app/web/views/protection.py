"""How well a sign-in will be protected, and what else a provider can do: said beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider
from desktop_app.services.providers.told_metadata import needs_no_discovery
from desktop_app.web.views.speech import Speech, msgid

State = Literal["yes", "no", "offered", "unknown"]

_BADGES: dict[str, tuple[str, str, str]] = {
    "yes": ("good", "check", msgid("Yes")),
    "no": ("", "no", msgid("No")),
    "offered": ("", "info", msgid("Not used")),
    "unknown": ("", "info", msgid("Not known")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AbilityView:
    """One thing that a provider does or doesn't, with its name among engineers."""

    text: str
    code: str
    tone: str
    icon: str
    badge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionView:
    """What is known before the sign-in.

    Attributes:
        asks: True where the provider describes itself and can be asked for what is not known.
    """

    summary: str
    abilities: Sequence[AbilityView]
    asks: bool


def protection_view(
    provider: Provider, told: ServerMetadata | None, speech: Speech, *, asked: bool = False
) -> ProtectionView:
    """Return what is known of *provider*.

    Args:
        provider: As the catalogue has it.
        told: Its own description, if it gave one.
        speech: How the page speaks.
        asked: True if it was asked just now, whatever it answered.
    """
    if provider.protocol == "oauth1":
        return _of_oauth1(provider, speech)
    pkce = _pkce(provider, told)
    rows: list[tuple[str, str, State]] = [
        (msgid("What comes back is of use on this computer alone"), "PKCE", pkce),
        (msgid("What is asked for doesn't go through the browser"), "PAR", _par(provider, told)),
        (msgid("A copied key is of no use elsewhere"), "DPoP", _dpop(provider, told)),
        (msgid("The answer names who it is from"), "iss", _iss(provider, told)),
        (msgid("The answer comes straight to this computer"), "RFC 8252", _straight(provider)),
        (msgid("You can sign in on another device"), "RFC 8628", _device(provider, told)),
        (msgid("It can be taken back from here"), _way(provider), _revocation(provider, told)),
    ]
    return ProtectionView(
        summary=_summary(pkce, speech),
        abilities=[_ability(text, code, state, speech) for text, code, state in rows],
        asks=not asked and told is None and _can_be_asked(provider),
    )


def _can_be_asked(provider: Provider) -> bool:
    if provider.issuer is None or "{" in provider.issuer:
        return False
    return not needs_no_discovery(provider)


def _of_oauth1(provider: Provider, speech: Speech) -> ProtectionView:
    # PLAINTEXT sends the secret along; the connection's encryption is all that hides it.
    signs: State = "no" if provider.signature_method == "PLAINTEXT" else "yes"
    rows: list[tuple[str, str, State]] = [
        (msgid("Every request is signed, and the secret itself never travels"), "RFC 5849", signs),
        (msgid("What comes back is of use to this sign-in alone"), "verifier", "yes"),
        (msgid("The answer comes straight to this computer"), "RFC 8252", _straight(provider)),
        (msgid("It can be taken back from here"), _way(provider), _revocation(provider, None)),
    ]
    return ProtectionView(
        summary=speech.say("An older way of signing in, and a sound one.")
        if signs == "yes"
        else _summary("no", speech),
        abilities=[_ability(text, code, state, speech) for text, code, state in rows],
        asks=False,
    )


def _ability(text: str, code: str, state: State, speech: Speech) -> AbilityView:
    tone, icon, badge = _BADGES[state]
    return AbilityView(
        text=speech.say(text), code=code, tone=tone, icon=icon, badge=speech.say(badge)
    )


def _summary(pkce: State, speech: Speech) -> str:
    if pkce == "yes":
        return speech.say("Well protected: somebody who reads along can't use what they see.")
    if pkce == "no":
        return speech.say(
            "Protected by the connection and by a check of each answer, not by more than that."
        )
    return speech.say(
        "Coatcheck asks for every protection. Which of them this provider uses shows afterwards."
    )


def _told(told: ServerMetadata | None, known: State, *, offered: bool) -> State:
    if told is None:
        return known
    return "yes" if offered else "no"


def _pkce(provider: Provider, told: ServerMetadata | None) -> State:
    known: State = "yes" if provider.supports.pkce == "required" else provider.supports.pkce
    methods = told.code_challenge_methods_supported if told else None
    # Many providers check it without saying so: silence is no "no".
    return known if methods is None else "yes" if "S256" in methods else "no"


def _par(provider: Provider, told: ServerMetadata | None) -> State:
    if provider.pushed_authorization_request_endpoint:
        return "yes"
    offered = bool(told and told.pushed_authorization_request_endpoint)
    return _told(told, provider.supports.par, offered=offered)


def _dpop(provider: Provider, told: ServerMetadata | None) -> State:
    offered = bool(told and told.dpop_signing_alg_values_supported)
    state = _told(told, provider.supports.dpop, offered=offered)
    # A bound token can be lent only with proofs, so it is not asked for by itself.
    return "offered" if state == "yes" and not provider.dpop else state


def _iss(provider: Provider, told: ServerMetadata | None) -> State:
    offered = bool(told and told.authorization_response_iss_parameter_supported)
    return _told(told, provider.supports.iss, offered=offered)


def _straight(provider: Provider) -> State:
    """Where the final address is pasted by hand, somebody could talk the person out of it."""
    return "no" if provider.redirect.paste else "yes"


def _device(provider: Provider, told: ServerMetadata | None) -> State:
    if provider.device_authorization_endpoint or (told and told.device_authorization_endpoint):
        return "yes"
    return "no" if told or provider.issuer is None else "unknown"


def _way(provider: Provider) -> str:
    """Some providers have a way of their own."""
    return "" if provider.revocation else "RFC 7009"


def _revocation(provider: Provider, told: ServerMetadata | None) -> State:
    if provider.revocation or provider.revocation_endpoint:
        return "yes"
    if provider.atproto:
        # Each account's own server says it.
        return "unknown"
    if told:
        return "yes" if told.revocation_endpoint else "no"
    return "no" if provider.issuer is None or provider.protocol == "oauth2" else "unknown"
