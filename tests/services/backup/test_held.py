"""What is kept for some minutes is gone after them."""

from __future__ import annotations

import asyncio
import secrets

import pytest

from desktop_app.services.backup.backup_errors import BackupGoneError
from desktop_app.services.backup.held import SECONDS, Held
from tests.support.waiting import PATIENCE


def test_a_thing_is_gone_by_the_clock() -> None:
    async def story() -> None:
        now = [0.0]
        held: Held[str] = Held(clock=lambda: now[0], random=secrets.token_bytes)
        held_id, until = held.keep("opened")
        assert (held.get(held_id), until) == ("opened", SECONDS)
        now[0] = SECONDS
        with pytest.raises(BackupGoneError):
            held.get(held_id)

    asyncio.run(story())


def test_a_thing_that_nobody_asks_for_again_is_forgotten_too() -> None:
    """It holds every token of every account: it is not to lie in the memory until the lock."""

    async def story() -> None:
        held: Held[str] = Held(clock=lambda: 0.0, random=secrets.token_bytes, seconds=0.05)
        held_id, _ = held.keep("opened")
        async with asyncio.timeout(PATIENCE):
            while is_there(held, held_id):
                await asyncio.sleep(0.01)

    asyncio.run(story())


def is_there(held: Held[str], held_id: str) -> bool:
    """Whether it can still be had."""
    try:
        held.get(held_id)
    except BackupGoneError:
        return False
    return True
