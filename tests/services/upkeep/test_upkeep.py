"""Grants are renewed ahead of their end, by the wall clock, without pestering the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.upkeep.backoff import Backoff
from desktop_app.services.upkeep.endings import DAY
from desktop_app.services.upkeep.upkeep import Upkeep
from tests.support.account_stores import TurnedClock
from tests.support.rig import Rig
from tests.support.sample_provider import SampleProvider, as_json

MONTH = 30 * DAY


@dataclass
class Kept:
    """A grant at a provider, kept up.

    Attributes:
        tried: One entry for each try to renew it that is over.
    """

    rig: Rig
    sample: SampleProvider
    id: str
    tried: list[str] = field(default_factory=list)

    @property
    def clock(self) -> TurnedClock:
        return self.rig.clock

    @property
    def profile(self) -> Profile:
        return self.rig.profiles.get(self.id)

    @property
    def grant(self) -> Grant:
        assert self.profile.grant is not None
        return self.profile.grant

    async def renew(self, profile_id: str) -> Profile:
        try:
            return await self.rig.tokens.renew(profile_id)
        finally:
            self.tried.append(profile_id)

    async def go_on(self, seconds: float, *, steps: int = 1) -> None:
        """Turn the clock and let the upkeep look at it; it looks every 0.07 s."""
        for _ in range(steps):
            self.clock.now += seconds / steps
            await asyncio.sleep(0.25 if steps == 1 else 0.1)

    async def tries(self, number: int) -> None:
        """Wait for that many tries, and see that there is not one more."""
        async with asyncio.timeout(120):
            while len(self.tried) < number:
                await asyncio.sleep(0.01)
        await self.go_on(0)
        assert len(self.tried) == number


Story = Callable[[Kept, Upkeep], Awaitable[None]]


def kept_up(story: Story, **sample_values: Any) -> None:
    """Sign in at a provider with *sample_values*, and keep the grant up."""

    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            for name, value in sample_values.items():
                setattr(sample, name, value)
            await rig.add_provider(sample)
            kept = Kept(rig, sample, (await rig.signed_in(sample)).id)
            upkeep = _upkeep(kept)
            await upkeep.start()
            try:
                await story(kept, upkeep)
            finally:
                await upkeep.stop()

    asyncio.run(run())


def _upkeep(kept: Kept) -> Upkeep:
    return Upkeep(
        profiles=kept.rig.profiles,
        renew=kept.renew,
        subscribe=kept.rig.bus.subscribe,
        clock=kept.clock,
        backoff=Backoff(random=lambda count: b"\xff" * count),
        longest_wait=0.02,
    )


def test_an_unused_grant_is_renewed_before_its_thirty_days_are_over() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        await kept.go_on(19 * DAY, steps=3)
        await kept.tries(0)
        await kept.go_on(2 * DAY)
        await kept.tries(1)
        assert kept.grant.refresh_token == "rt-2"

    kept_up(story, refresh_expires_in=MONTH)


def test_five_minute_access_tokens_are_not_renewed_while_nobody_asks() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        await kept.go_on(2 * DAY, steps=6)
        await kept.tries(0)

    kept_up(story, expires_in=300)


def test_a_token_in_use_is_there_before_the_old_one_ends_and_only_once_more() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        upkeep.used(kept.id)
        await kept.go_on(200)
        await kept.tries(0)
        await kept.go_on(30)
        await kept.tries(1)
        await kept.go_on(3600, steps=6)
        await kept.tries(1)

    kept_up(story, expires_in=300)


def test_a_computer_that_slept_through_the_time_makes_up_for_it() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        await kept.go_on(40 * DAY)
        await kept.tries(1)

    kept_up(story, refresh_expires_in=MONTH)


def test_a_clock_that_is_set_back_changes_nothing() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        await kept.go_on(-400 * DAY)
        await kept.tries(0)

    kept_up(story, refresh_expires_in=MONTH)


def test_an_outage_is_tried_again_later_and_later_and_costs_nothing() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        kept.sample.answers["/token"] = lambda _: (503, "text/html", b"Down")
        await kept.go_on(21 * DAY)
        await kept.tries(1)
        for wait, tries in ((29, 1), (2, 2), (58, 2), (4, 3), (110, 3), (14, 4)):
            await kept.go_on(wait)
            await kept.tries(tries)
        del kept.sample.answers["/token"]
        await kept.go_on(300)
        await kept.tries(5)
        assert (kept.profile.status, kept.grant.refresh_token) == ("active", "rt-2")

    kept_up(story, refresh_expires_in=MONTH)


def test_retry_after_is_honoured() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        kept.sample.answers["/token"] = lambda _: (429, "text/plain", b"")
        kept.sample.headers = {"Retry-After": "3000"}
        await kept.go_on(21 * DAY)
        await kept.tries(1)
        await kept.go_on(2900)
        await kept.tries(1)
        await kept.go_on(200)
        await kept.tries(2)

    kept_up(story, refresh_expires_in=MONTH)


def test_a_grant_that_the_provider_ended_is_left_alone() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        await kept.rig.profiles.rename(kept.id, "Mine")
        kept.sample.answers["/token"] = lambda _: as_json({"error": "invalid_grant"}, 400)
        await kept.go_on(21 * DAY)
        await kept.tries(1)
        assert (kept.profile.status, kept.profile.label) == ("needs_sign_in", "Mine")
        await kept.go_on(40 * DAY, steps=4)
        await kept.tries(1)

    kept_up(story, refresh_expires_in=MONTH)


def test_an_end_that_renewing_does_not_move_is_not_chased() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        kept.sample.refresh_expires_in = 9 * DAY
        await kept.go_on(21 * DAY)
        await kept.tries(1)
        assert kept.grant.refresh_token_end_fixed
        await kept.go_on(8 * DAY, steps=8)
        await kept.tries(1)

    kept_up(story, refresh_expires_in=MONTH)


def test_a_session_of_half_an_hour_is_kept_up_for_a_day_after_its_last_use() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        for number in (1, 2, 3):
            await kept.go_on(21 * 60)
            await kept.tries(number)
        long_ago = replace(kept.grant, granted_at=kept.clock() - 2 * DAY)
        await kept.rig.profiles.update(kept.id, lambda old: replace(old, grant=long_ago))
        await kept.go_on(29 * 60, steps=4)
        await kept.tries(3)

    kept_up(story, refresh_expires_in=1800)


def test_a_revoked_account_and_a_removed_one_are_left_alone() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        await kept.rig.tokens.revoke(kept.id)
        await kept.go_on(25 * DAY)
        await kept.rig.profiles.forget(kept.id)
        await kept.go_on(25 * DAY)
        await kept.tries(0)

    kept_up(story, refresh_expires_in=MONTH)


def test_nothing_is_renewed_after_the_end_and_the_next_start_makes_up_for_it() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        await upkeep.stop()
        await kept.go_on(25 * DAY)
        await kept.tries(0)
        await upkeep.start()
        await kept.tries(1)

    kept_up(story, refresh_expires_in=MONTH)


def test_locking_in_the_middle_keeps_the_new_token() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        kept.sample.gate.clear()
        kept.clock.now += 21 * DAY
        async with asyncio.timeout(120):
            while len(kept.sample.asked("/token")) == 1:
                await asyncio.sleep(0.01)
        await upkeep.stop()
        kept.sample.gate.set()
        await kept.rig.tokens.close()
        assert kept.grant.refresh_token == "rt-2"

    kept_up(story, refresh_expires_in=MONTH)


def test_a_locked_vault_ends_the_upkeep_quietly() -> None:
    async def story(kept: Kept, upkeep: Upkeep) -> None:
        kept.rig.disk.locked = True
        await kept.go_on(25 * DAY)
        kept.rig.disk.locked = False
        await kept.go_on(1)
        assert kept.grant.refresh_token == "rt-1"

    kept_up(story, refresh_expires_in=MONTH)
