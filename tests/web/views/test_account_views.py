"""What an account's pages say: its state, its bars, its slip, its details."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.providers.model import Provider, ScopeText
from desktop_app.services.accounts import Profile
from desktop_app.web.views.accounts import attention_views, card_view, provider_of
from desktop_app.web.views.pictures import initials_of, tone_of
from desktop_app.web.views.profile import profile_view
from desktop_app.web.views.state import state_view
from desktop_app.web.views.timeline import timelines
from tests.support.made_up import DAY, HOUR, NOW, grant, profile
from tests.support.speaking import SPEECH

GOOGLE = Provider(
    id="google",
    name="Google",
    scope_texts={"mail": ScopeText(kind="act", text="Send mail", care=True)},
)


def fixed(end: float) -> Profile:
    """An account that ends then, whatever is renewed until then."""
    given = grant(
        granted_at=NOW - 90 * DAY, refresh_token_expires_at=end, refresh_token_end_fixed=True
    )
    return profile(grant=given)


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
        (fixed(NOW + DAY), "Sign in again by <time"),
        (fixed(NOW + 40 * DAY), "Renews itself; sign in again by"),
        (profile(grant=grant(refresh_token_expires_at=NOW + DAY)), "Renews itself, good until"),
        (profile(grant=grant(refresh_token_expires_at=NOW - 1)), "Sign in again"),
        (profile(status="needs_sign_in"), "Sign in again"),
        (profile(status="revoked"), "Taken back"),
        (profile(grant=None), "Sign in again"),
    ],
)
def test_the_state_is_said_in_one_line(shown: Profile, said: str) -> None:
    assert said in state_view(shown, SPEECH).html


@pytest.mark.parametrize(
    ("left", "badge", "advice"),
    [
        (8 * DAY, "", ""),
        (6 * DAY, "Ends soon", "Tuesday"),
        (2 * DAY, "Ends soon", "Friday"),
        (DAY, "Ends tomorrow", "tomorrow, 13:36"),
        (HOUR, "Ends today", "today, 14:36"),
    ],
)
def test_what_ends_asks_for_attention_a_week_and_a_day_ahead(
    left: float, badge: str, advice: str
) -> None:
    state = state_view(fixed(NOW + left), SPEECH)
    assert state.badge == badge
    assert advice in state.advice


def test_a_renewal_that_keeps_failing_asks_for_attention() -> None:
    issued = NOW - 26 * DAY
    given = grant(access_token_issued_at=issued, refresh_token_expires_at=issued + 30 * DAY)
    state = state_view(profile(grant=given), SPEECH)
    assert (state.badge, state.advice[:26]) == ("Ends soon", "Renewing it has failed so ")


def test_what_lay_unused_for_too_long_is_not_said_to_be_over_for_certain() -> None:
    issued = NOW - 31 * DAY
    given = grant(access_token_issued_at=issued, refresh_token_expires_at=issued + 30 * DAY)
    assert "whether it still works" in state_view(profile(grant=given), SPEECH).advice


def test_what_has_ended_comes_first_and_what_ends_next_after_it() -> None:
    later, over, sooner = fixed(NOW + 5 * DAY), profile(status="needs_sign_in"), fixed(NOW + DAY)
    many = grant(scopes_granted=("openid", "profile", "email", "mail"))
    shown = [profile(id="look", grant=many)]
    shown += [replace(later, id="later"), replace(over, id="over"), replace(sooner, id="sooner")]
    cards = [(each, GOOGLE, card_view(each, GOOGLE, lambda _: "", SPEECH)) for each in shown]
    rows = attention_views(cards, SPEECH)
    assert [row.card.id for row in rows] == ["over", "sooner", "later", "look"]


def test_what_nobody_asked_for_asks_for_attention() -> None:
    shown = profile(grant=grant(scopes_granted=("openid", "profile", "email", "mail")))
    card = card_view(shown, GOOGLE, lambda _: "", SPEECH)
    [row] = attention_views([(shown, GOOGLE, card)], SPEECH)
    assert row.html == "It was given 1 permission that nobody asked for."


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


def test_without_a_refresh_token_there_is_one_bar_to_its_end() -> None:
    [bar] = timelines(profile(grant=grant(refresh_token=None)), SPEECH)
    assert bar.now == pytest.approx(51.7)
    assert (bar.open, bar.renewal, bar.end_label) == (False, None, "Ends 14:05")
    assert "can't be renewed" in bar.text


def test_a_grant_of_oauth1_has_one_bar_without_an_end() -> None:
    signs = grant(
        refresh_token=None,
        access_token_expires_at=None,
        token_secret="SECRET",
        signature_method="HMAC-SHA1",
        granted_at=NOW - 3 * DAY,
    )
    [bar] = timelines(profile(grant=signs), SPEECH)
    assert (bar.open, bar.end_label, bar.start_label) == (
        True,
        "No end set",
        "Signed in 11 October",
    )


@pytest.mark.parametrize("token_type", ["Bearer", "DPoP"])
def test_an_end_that_moves_is_counted_from_the_last_renewal(token_type: str) -> None:
    given = grant(
        granted_at=NOW - 100 * DAY,
        access_token_issued_at=NOW - 10 * DAY,
        refresh_token_expires_at=NOW + 20 * DAY,
        token_type=token_type,
    )
    _, bar = timelines(profile(grant=given), SPEECH)
    assert (bar.now, bar.renewal) == (pytest.approx(33.3), pytest.approx(66.7))
    assert (bar.start_label, bar.end_label) == ("Renewed 4 October", "Would end 3 November")


def test_an_unused_time_that_is_known_marks_the_renewal() -> None:
    rules = TokenRules(refresh_idle=int(30 * DAY))
    _, bar = timelines(profile(grant=grant(token_rules=rules)), SPEECH)
    assert (bar.open, bar.renewal) == (False, pytest.approx(66.7))
    assert (bar.renewal_anchor, bar.renewal_x) == ("middle", f"{bar.renewal}%")


def test_a_fixed_end_is_counted_from_the_sign_in_and_has_no_renewal() -> None:
    _, bar = timelines(fixed(NOW + 10 * DAY), SPEECH)
    assert (bar.now, bar.renewal, bar.end_label) == (90.0, None, "Ends 24 October")
    assert bar.text == "Renewing doesn't move its end: sign in again by 24 October."


@pytest.mark.parametrize("off", [-30 * DAY, 0.0, 30 * DAY])
def test_a_clock_that_is_off_stays_inside_the_bar(off: float) -> None:
    for bar in timelines(profile(grant=grant(access_token_issued_at=NOW + off)), SPEECH):
        assert 0 <= bar.now <= 100


@pytest.mark.parametrize("status", ["revoked", "needs_sign_in"])
def test_an_account_whose_permission_is_over_has_no_bars(status: str) -> None:
    assert timelines(profile(status=status), SPEECH) == []


def test_a_grant_that_ended_with_a_lost_answer_says_so() -> None:
    lost = grant(refresh_sent_at=NOW - HOUR)
    assert view(profile(status="needs_sign_in", grant=lost)).lost_answer
    assert not view(profile(grant=lost)).lost_answer
    assert not view(profile(status="needs_sign_in")).lost_answer


def test_what_a_provider_says_can_not_turn_the_words_around_it() -> None:
    turned = "eve\u202e\u2066x\x1b[31m\u200b"
    shown = profile(name=None, username=None, email=None, subject=turned, claims={turned: turned})
    page = view(shown)
    assert page.card.name == page.card.identifier == "evex[31m"
    assert not any(sign in repr(page) for sign in "\u202e\u2066\x1b\u200b")
    assert r"\u202e" not in repr(page)


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


@pytest.mark.parametrize(
    ("provider", "status", "key"),
    [
        ("photos", "active", "token"),
        ("photos-oauth1", "active", "signature"),
        ("photos-oauth1", "revoked", ""),
        ("google", "active", ""),
    ],
)
def test_the_printing_service_can_be_lent_photos_by_either_way(
    provider: str, status: Any, key: str
) -> None:
    shown = Provider(id=provider, name="Photos")
    view = profile_view(profile(provider=provider, status=status), shown, lambda _: "", SPEECH)
    assert view.photos == key
