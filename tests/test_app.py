"""The parts put together: what begins with unlocking and ends with locking."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from desktop_app.app import Core
from desktop_app.config import Config
from desktop_app.oauth.identity import Identity
from desktop_app.paths import DataFolder
from desktop_app.providers.model import Provider
from desktop_app.services.upkeep.endings import DAY
from tests.support.account_stores import TurnedClock
from tests.support.made_up import grant
from tests.support.memory import MemoryBrowser
from tests.support.sample_provider import SampleProvider


def test_an_account_is_kept_up_from_the_unlocking_to_the_locking(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.make()
    key_file = tmp_path / "key"

    async def story() -> None:
        clock = TurnedClock(time.time())
        core = Core(
            Config(folder=folder, key_file=key_file),
            browser=MemoryBrowser(),
            raise_window=None,
            clock=clock,
        )
        async with SampleProvider(clock) as sample:
            await core.lock.start(key_file=key_file)
            await unused_for_a_month(core, sample)
            await asked(sample, 1)
            await core.lock.lock()
            clock.now += 30 * DAY
            await core.lock.start(key_file=key_file)
            await asked(sample, 2)
            await core.lock.close()

    asyncio.run(story())


async def unused_for_a_month(core: Core, sample: SampleProvider) -> None:
    """Keep an account whose refresh token is about to end."""
    now = core.clock()
    sample.refresh_token, sample.refresh_expires_in = "rt-0", 30 * DAY
    given = grant(
        token_endpoint=f"{sample.issuer}/token",
        access_token_issued_at=now - 29 * DAY,
        access_token_expires_at=now - 28 * DAY,
        refresh_token="rt-0",
        refresh_token_expires_at=now + DAY,
    )
    provider = Provider(id="sample", name="Sample")
    await core.profiles.record(Identity(subject="subject-1"), given, provider)


async def asked(sample: SampleProvider, times: int) -> None:
    async with asyncio.timeout(120):
        while len(sample.asked("/token")) < times:
            await asyncio.sleep(0.01)
