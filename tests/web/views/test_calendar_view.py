"""The calendar's words: what ends, what renews itself, what nobody has set an end to."""

from __future__ import annotations

from typing import Any

from desktop_app.services.accounts import Profile
from desktop_app.services.upkeep.endings import Nearness, ending_of
from desktop_app.services.upkeep.expirations import Expiration
from desktop_app.web.views.calendar import AgendaView, agenda
from tests.support.made_up import DAY, NOW, grant, profile
from tests.support.speaking import SPEECH


def _shown(person: Profile) -> AgendaView:
    ending = ending_of(person)
    over = person.status != "active"
    nearness: Nearness = "over" if over else ending.nearness(NOW)
    expiration = Expiration(profile=person, ending=ending, nearness=nearness)
    [group] = agenda([expiration], {}, lambda _: "", SPEECH)
    return group


def _with(**changes: Any) -> AgendaView:
    return _shown(profile(grant=grant(**changes)))


def test_a_fixed_end_comes_with_its_day_and_a_warning_ahead_of_it() -> None:
    group = _with(
        granted_at=NOW - 28 * DAY,
        refresh_token_expires_at=NOW + 2 * DAY,
        refresh_token_end_fixed=True,
    )
    [entry] = group.entries
    assert (group.id, entry.badge) == ("person", "Ends soon")
    assert "then sign in again" in entry.html
    assert (entry.leaf.month, entry.leaf.day, entry.leaf.warn) == ("Oct", "16", True)


def test_an_access_without_renewal_is_not_called_renewable() -> None:
    [entry] = _with(refresh_token=None, access_token_expires_at=NOW + 40 * DAY).entries
    assert "t be renewed" in entry.html
    assert not entry.leaf.warn


def test_an_end_that_moves_says_when_it_would_be_without_renewal() -> None:
    group = _with(granted_at=NOW - 40 * DAY, refresh_token_expires_at=NOW + 22 * DAY)
    assert group.id == "renews"
    assert "Left alone, it would end on 5 November." in group.entries[0].html


def test_what_has_no_end_stays() -> None:
    group = _with(refresh_token=None, access_token_expires_at=None)
    assert (group.id, group.entries[0].html) == ("stays", "Nobody has set an end.")
    assert group.entries[0].leaf.icon == "good"


def test_what_the_provider_ended_is_over_whatever_was_promised() -> None:
    group = _shown(profile(status="needs_sign_in"))
    assert group.id == "person"
    assert "It has ended." in group.entries[0].html
    assert group.entries[0].leaf.icon == "warn"
