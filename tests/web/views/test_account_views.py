"""What an account's pages say: its state, its bars, its slip, its details."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from babel import Locale

from desktop_app.providers.model import Provider, ScopeText
from desktop_app.services.accounts import Profile
from desktop_app.web.views.accounts import attention_views, card_view, provider_of
from desktop_app.web.views.pictures import initials_of, tone_of
from desktop_app.web.views.profile import profile_view
from desktop_app.web.views.speech import Speech
from desktop_app.web.views.state import state_view
from desktop_app.web.views.timeline import timelines
from tests.support.made_up import DAY, HOUR, NOW, ZONE, grant, profile


def _plain(text: str, many: str = "", number: int = 1) -> str:
    return many if many and number != 1 else text


SPEECH = Speech(translate=_plain, locale=Locale.parse("en"), now=NOW, zone=ZONE)
GOOGLE = Provider(
    id="google",
    name="Google",
    scope_texts={"mail": ScopeText(kind="act", text="Send mail", care=True)},
)


def view(shown: Profile, provider: Provider = GOOGLE) -> Any:
    return profile_view(shown, provider, lambda _: "", SPEECH)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (profile(), "Renews itself, good until"),
        (profile(grant=grant(access_token_expires_at=NOW - 1)), "Renews itself when needed"),
        (
            profile(grant=grant(refresh_token=None, access_token_expires_at=None)),
            "Good until you take it back",
        ),
        (profile(grant=grant(refresh_token=None)), "then sign in again"),
        (
            profile(grant=grant(refresh_token=None, access_token_expires_at=NOW - 1)),
            "Sign in again",
        ),
        (profile(grant=grant(refresh_token_expires_at=NOW + DAY)), "Sign in again before"),
        (profile(grant=grant(refresh_token_expires_at=NOW - 1)), "Sign in again"),
        (profile(status="needs_sign_in"), "Sign in again"),
        (profile(status="revoked"), "Taken back"),
        (profile(grant=None), "Sign in again"),
    ],
)
def test_the_state_is_said_in_one_line(shown: Profile, said: str) -> None:
    assert said in state_view(shown, SPEECH).html


def test_what_ends_within_a_week_asks_for_attention() -> None:
    soon = profile(grant=grant(refresh_token_expires_at=NOW + 6 * DAY))
    later = profile(grant=grant(refresh_token_expires_at=NOW + 8 * DAY))
    assert state_view(soon, SPEECH).badge == "Ends soon"
    assert state_view(later, SPEECH).badge == ""


def test_what_nobody_asked_for_asks_for_attention() -> None:
    shown = profile(grant=grant(scopes_granted=("openid", "profile", "email", "mail")))
    card = card_view(shown, GOOGLE, lambda _: "", SPEECH)
    [row] = attention_views([(shown, GOOGLE, card)], SPEECH)
    assert row.text == "It was given 1 permission that nobody asked for."


def test_a_quiet_account_asks_for_nothing() -> None:
    card = card_view(profile(), GOOGLE, lambda _: "", SPEECH)
    assert attention_views([(profile(), GOOGLE, card)], SPEECH) == []


def test_the_bar_places_now_between_given_and_end() -> None:
    access, permission = timelines(profile(), SPEECH)
    assert access.now == pytest.approx(51.7)
    assert access.renewal == pytest.approx(98.3)
    assert (permission.open, permission.end_label) == (True, "No end set")


def test_a_bar_that_is_over_has_no_present() -> None:
    access, _ = timelines(profile(grant=grant(access_token_expires_at=NOW - HOUR)), SPEECH)
    assert (access.now, access.now_label, access.over) == (100.0, "", True)


@pytest.mark.parametrize("off", [-30 * DAY, 0.0, 30 * DAY])
def test_a_clock_that_is_off_stays_inside_the_bar(off: float) -> None:
    for bar in timelines(profile(grant=grant(access_token_issued_at=NOW + off)), SPEECH):
        assert 0 <= bar.now <= 100


@pytest.mark.parametrize("status", ["revoked", "needs_sign_in"])
def test_an_account_whose_permission_is_over_has_no_bars(status: str) -> None:
    assert timelines(profile(status=status), SPEECH) == []


def test_the_slip_shows_what_was_refused_struck_through() -> None:
    shown = profile(grant=grant(scopes_requested=("openid", "mail"), scopes_granted=("openid",)))
    refused = [group for group in view(shown).slip if group.refused]
    assert [line.scope for line in refused[0].lines] == ["mail"]


def test_the_details_never_hold_a_secret() -> None:
    shown = view(profile(grant=grant(client_secret="SECRET-CLIENT", id_token="SECRET-ID")))
    assert "SECRET" not in repr(shown)


def test_claims_are_shown_as_they_are() -> None:
    claims = next(group for group in view(profile()).details if group.title == "Claims")
    values = {fact.term: fact.value for fact in claims.facts}
    assert values["email_verified"] == "true"
    assert values["groups"] == '["staff", "photographers"]'


def test_an_account_whose_provider_was_deleted_still_shows() -> None:
    shown = profile(provider="gone")
    assert provider_of(shown, {}).name == "gone"
    assert view(shown, provider_of(shown, {})).card.name == "Sample Person"


def test_a_provider_without_revocation_is_not_offered_to_be_told() -> None:
    assert not view(profile(grant=grant(revocation_endpoint=None))).tells_provider


def test_only_the_photo_service_offers_to_print() -> None:
    photos = replace(GOOGLE, id="photos", origin="built_in")
    assert view(profile(provider="photos"), photos).photos
    assert not view(profile()).photos


@pytest.mark.parametrize(
    ("names", "letters"),
    [
        (("", "Sample Person"), "SP"),
        ((None, None, "sample@example.org"), "S"),
        (("Проба Образцова",), "ПО"),
        (("", None), "?"),
        (("@@",), "?"),
    ],
)
def test_initials_come_from_the_first_name_that_has_any(
    names: tuple[str | None, ...], letters: str
) -> None:
    assert initials_of(*names) == letters


def test_a_tone_stays_the_same() -> None:
    assert tone_of("sample") == tone_of("sample")
