"""How long grants last, when they are renewed ahead, and when that is worth a warning."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.oauth.token import TokenResponse
from desktop_app.services.accounts import Profile
from desktop_app.services.tokens.grants import renewed_grant
from desktop_app.services.upkeep.endings import DAY, WEEK, Ending, ending_of, is_session
from tests.support.made_up import HOUR, NOW, grant, profile

ISSUED = NOW - 31 * 60
IDLE = TokenRules(refresh_idle=int(30 * DAY))


def made(**changes: Any) -> Profile:
    return profile(grant=grant(**changes))


def test_without_a_refresh_token_the_access_token_is_all_there_is() -> None:
    ending = ending_of(made(refresh_token=None))
    assert ending == Ending(start=ISSUED, at=NOW + 29 * 60)


def test_a_grant_that_signs_has_no_end() -> None:
    """OAuth 1.0a; likewise a token that never ends."""
    shown = made(refresh_token=None, access_token_expires_at=None, signature_method="HMAC-SHA1")
    assert (ending_of(shown).at, ending_of(shown).renews) == (None, False)


def test_a_refresh_token_with_an_end_is_renewed_when_two_thirds_have_passed() -> None:
    ending = ending_of(made(refresh_token_expires_at=ISSUED + 30 * DAY))
    assert (ending.at, ending.renews) == (ISSUED + 30 * DAY, True)
    assert ending.renews_at == pytest.approx(ISSUED + 20 * DAY)


def test_a_refresh_token_that_may_lie_unused_for_a_while_is_renewed_before() -> None:
    ending = ending_of(made(token_rules=IDLE))
    assert (ending.at, ending.renews) == (ISSUED + 30 * DAY, True)
    assert ending.renews_at == pytest.approx(ISSUED + 20 * DAY)


def test_where_nobody_says_how_long_it_may_lie_unused_a_week_is_assumed() -> None:
    ending = ending_of(made())
    assert (ending.at, ending.renews) == (None, True)
    assert ending.renews_at == pytest.approx(ISSUED + 2 / 3 * WEEK)


def test_a_fixed_end_can_not_be_put_off() -> None:
    shown = made(
        refresh_token_expires_at=NOW + 3 * DAY, refresh_token_end_fixed=True, granted_at=NOW - WEEK
    )
    assert ending_of(shown) == Ending(start=NOW - WEEK, at=NOW + 3 * DAY)


def test_before_a_fixed_end_unused_time_still_counts() -> None:
    shown = made(
        refresh_token_expires_at=NOW + 300 * DAY, refresh_token_end_fixed=True, token_rules=IDLE
    )
    assert (ending_of(shown).at, ending_of(shown).renews) == (NOW + 300 * DAY, False)
    assert ending_of(shown).renews_at == pytest.approx(ISSUED + 20 * DAY)


def test_what_lives_for_seconds_is_not_renewed_all_the_time() -> None:
    assert ending_of(made(refresh_token_expires_at=ISSUED + 10)).renews_at is None


def test_an_account_that_has_no_grant_has_no_end() -> None:
    assert ending_of(profile(grant=None)).at is None


@pytest.mark.parametrize(
    ("left", "nearness"),
    [(20 * DAY, ""), (6.9 * DAY, "week"), (0.9 * DAY, "day"), (0, "over"), (-DAY, "over")],
)
def test_a_fixed_end_is_said_a_week_and_a_day_ahead(left: float, nearness: str) -> None:
    assert Ending(start=NOW - 30 * DAY, at=NOW + left).nearness(NOW) == nearness


def test_what_lasts_an_hour_is_not_warned_about() -> None:
    ending = Ending(start=NOW, at=NOW + HOUR)
    assert [ending.nearness(NOW + part * HOUR) for part in (0, 0.9, 1)] == ["", "", "over"]


def test_of_what_lasts_three_days_half_passes_without_a_warning() -> None:
    ending = Ending(start=NOW, at=NOW + 3 * DAY)
    assert [ending.nearness(NOW + days * DAY) for days in (1, 1.6, 2.5)] == ["", "week", "day"]


def test_what_renews_itself_is_said_only_if_that_keeps_failing() -> None:
    ending = ending_of(made(refresh_token_expires_at=ISSUED + 30 * DAY))
    days = [ending.nearness(ISSUED + day * DAY) for day in (1, 19, 24, 26, 29.5, 30)]
    assert days == ["", "", "", "week", "day", "over"]


@pytest.mark.parametrize(("life", "session"), [(30 * 60, True), (30 * DAY, False)])
def test_a_refresh_token_of_less_than_a_day_is_a_session(life: float, session: bool) -> None:
    assert is_session(grant(refresh_token_expires_at=ISSUED + life)) is session


@pytest.mark.parametrize(
    ("told", "passed", "fixed"),
    [
        (20 * DAY, 10 * DAY, True),
        (30 * DAY, 10 * DAY, False),
        # Right after the sign-in a fixed and a moving end look alike.
        (30 * DAY, 2.0, False),
    ],
)
def test_a_renewal_shows_whether_it_moves_the_end(told: float, passed: float, fixed: bool) -> None:
    old = grant(refresh_token_expires_at=ISSUED + 30 * DAY)
    tokens = TokenResponse(access_token="a", refresh_token="r", refresh_token_expires_in=int(told))
    new = renewed_grant(old, tokens, now=ISSUED + passed)
    assert new.refresh_token_end_fixed is fixed


def test_a_renewal_without_another_refresh_token_leaves_the_end_fixed() -> None:
    old = grant(refresh_token_expires_at=ISSUED + 30 * DAY)
    new = renewed_grant(old, TokenResponse(access_token="a"), now=ISSUED + DAY)
    assert (new.refresh_token_expires_at, new.refresh_token_end_fixed) == (ISSUED + 30 * DAY, True)
