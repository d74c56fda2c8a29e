from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from desktop_app.services.sign_ins.shared_values import SharedValues


class _Loads:
    """A load that counts, and waits at a gate."""

    def __init__(self) -> None:
        self.count = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.count += 1
        await self.gate.wait()
        if self.error:
            raise self.error
        return self.count


def _run(test: Callable[[SharedValues[str, int], _Loads, list[float]], Awaitable[None]]) -> None:
    async def run() -> None:
        now = [1000.0]
        await test(SharedValues(lifetime=60.0, clock=lambda: now[0]), _Loads(), now)

    asyncio.run(run())


def test_a_value_is_loaded_once_and_kept_for_its_lifetime() -> None:
    async def test(values: SharedValues[str, int], load: _Loads, now: list[float]) -> None:
        assert await values.get("a", load) == 1
        now[0] += 59.9
        assert await values.get("a", load) == 1
        now[0] += 0.1
        assert await values.get("a", load) == 2

    _run(test)


def test_a_clock_that_was_set_back_makes_a_value_old() -> None:
    async def test(values: SharedValues[str, int], load: _Loads, now: list[float]) -> None:
        await values.get("a", load)
        now[0] -= 3600
        assert await values.get("a", load) == 2

    _run(test)


def test_two_that_ask_at_once_cause_one_load() -> None:
    async def test(values: SharedValues[str, int], load: _Loads, _: list[float]) -> None:
        load.gate.clear()
        both = asyncio.gather(values.get("a", load), values.get("a", load))
        await asyncio.sleep(0)
        load.gate.set()
        assert await both == [1, 1]

    _run(test)


def test_a_failed_load_fails_for_everybody_and_is_not_kept() -> None:
    async def test(values: SharedValues[str, int], load: _Loads, _: list[float]) -> None:
        load.error = ValueError("no")
        both = await asyncio.gather(
            values.get("a", load), values.get("a", load), return_exceptions=True
        )
        assert [type(each) for each in both] == [ValueError, ValueError]
        load.error = None
        assert await values.get("a", load) == 2

    _run(test)


def test_one_that_gives_up_does_not_stop_the_load_for_others() -> None:
    async def test(values: SharedValues[str, int], load: _Loads, _: list[float]) -> None:
        load.gate.clear()
        first = asyncio.create_task(values.get("a", load))
        second = asyncio.create_task(values.get("a", load))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        load.gate.set()
        assert await second == 1
        with pytest.raises(asyncio.CancelledError):
            await first

    _run(test)


def test_a_fresh_value_replaces_the_kept_one() -> None:
    async def test(values: SharedValues[str, int], load: _Loads, _: list[float]) -> None:
        await values.get("a", load)
        assert await values.get("a", load, fresh=True) == 2
        assert await values.get("a", load) == 2

    _run(test)


def test_what_was_forgotten_is_loaded_again() -> None:
    async def test(values: SharedValues[str, int], load: _Loads, _: list[float]) -> None:
        await values.get("a", load)
        values.forget()
        assert await values.get("a", load) == 2

    _run(test)


def test_there_is_a_bound_to_what_is_kept() -> None:
    async def test(values: SharedValues[str, int], load: _Loads, _: list[float]) -> None:
        for number in range(300):
            await values.get(str(number), load)
        assert await values.get("0", load) == 301
        assert await values.get("299", load) == 300

    _run(test)
