"""Waits double, differ by chance, stay below a limit, and follow what a provider asks."""

from __future__ import annotations

import pytest

from desktop_app.services.upkeep.backoff import Backoff, Retries
from tests.support.account_stores import TurnedClock


def backoff(byte: int, **values: float) -> Backoff:
    return Backoff(random=lambda count: bytes([byte]) * count, **values)


def test_waits_double_with_each_failure_up_to_the_limit() -> None:
    waits = [backoff(0xFF).wait(failures) for failures in (1, 2, 3, 4, 9, 5000)]
    assert waits == pytest.approx([30, 60, 120, 240, 3600, 3600])


def test_chance_takes_away_at_most_half() -> None:
    assert backoff(0x00).wait(3) == 60
    assert backoff(0x80).wait(3) == pytest.approx(90, abs=0.3)


def test_a_provider_that_asks_for_more_gets_it_within_a_day() -> None:
    assert backoff(0xFF).wait(1, asked=7200) == 7200
    assert backoff(0xFF).wait(1, asked=1) == pytest.approx(30)
    assert backoff(0xFF).wait(1, asked=1e12) == 24 * 3600


def test_who_succeeded_is_tried_at_once_the_next_time() -> None:
    clock = TurnedClock(1000.0)
    retries = Retries(backoff=backoff(0xFF), clock=clock)
    assert retries.not_before("one") == 0
    retries.failed("one")
    assert retries.failed("one") == pytest.approx(60)
    assert retries.not_before("one") == pytest.approx(1060)
    assert retries.not_before("two") == 0
    retries.forget("one")
    assert retries.not_before("one") == 0


def test_a_clock_that_was_set_back_puts_nothing_off() -> None:
    clock = TurnedClock(1000.0)
    retries = Retries(backoff=backoff(0xFF), clock=clock)
    retries.failed("one")
    clock.now = 10.0
    assert retries.not_before("one") == 0
