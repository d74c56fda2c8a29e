"""One look at the system for all who ask at once, and the event loop between two looks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from desktop_app.peers.joint_looks import JointLooks


class Eyes:
    """Looks that the test lets go on one by one."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, ...]] = []
        self.began = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)

    def look(self, keys: Sequence[str]) -> list[str]:
        self.seen.append(tuple(keys))
        self.began.release()
        assert self.may_end.acquire(timeout=120)
        if "broken" in keys:
            raise ValueError(keys)
        return [f"{key} at {len(self.seen)}" for key in keys]

    async def begun(self) -> None:
        await asyncio.to_thread(self.began.acquire)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as found:
        yield found


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_who_asks_during_a_look_shares_the_next_one(threads: ThreadPoolExecutor) -> None:
    async def story() -> None:
        eyes = Eyes()
        looks = JointLooks(eyes.look, threads=threads, at_once=100)
        first = asyncio.create_task(looks.at("a"))
        await eyes.begun()
        later = [asyncio.create_task(looks.at(key)) for key in ("a", "b", "a", "b")]
        eyes.may_end.release(2)
        assert await first == "a at 1"
        assert await asyncio.gather(*later) == ["a at 2", "b at 2", "a at 2", "b at 2"]
        assert eyes.seen == [("a",), ("a", "b")]

    play(story)


def test_the_loop_comes_round_to_everything_else_between_two_looks(
    threads: ThreadPoolExecutor,
) -> None:
    async def story() -> None:
        eyes = Eyes()
        eyes.may_end.release(50)
        looks = JointLooks(eyes.look, threads=threads, at_once=1)
        asking = [asyncio.create_task(looks.at(str(number))) for number in range(50)]
        rounds: list[int] = []
        while not all(task.done() for task in asking):
            rounds.append(len(eyes.seen))
            await asyncio.sleep(0)
        steps = [after - before for before, after in pairwise(rounds)]
        assert max(steps) <= 1, "looks were made that the loop knew nothing of"
        assert len(eyes.seen) == 50

    play(story)


def test_an_error_is_told_to_all_who_wait_and_to_nobody_else(threads: ThreadPoolExecutor) -> None:
    async def story() -> None:
        eyes = Eyes()
        eyes.may_end.release(3)
        looks = JointLooks(eyes.look, threads=threads, at_once=1)
        asked = [looks.at("broken"), looks.at("broken"), looks.at("whole")]
        *broken, whole = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(each) for each in broken] == [ValueError, ValueError]
        assert whole == "whole at 2"

    play(story)


def test_one_who_goes_away_takes_the_answer_from_nobody(threads: ThreadPoolExecutor) -> None:
    async def story() -> None:
        eyes = Eyes()
        looks = JointLooks(eyes.look, threads=threads, at_once=1)
        going, staying = asyncio.create_task(looks.at("a")), asyncio.create_task(looks.at("a"))
        await eyes.begun()
        going.cancel()
        await asyncio.wait({going})
        eyes.may_end.release()
        assert await staying == "a at 1"

    play(story)


def test_a_look_that_does_not_come_back_keeps_only_its_own_from_an_answer(
    threads: ThreadPoolExecutor,
) -> None:
    """As at a script in a network folder that is gone."""

    async def story() -> None:
        never = threading.Event()

        def look(keys: Sequence[str]) -> list[str]:
            if "dead" in keys:
                never.wait(120)
            return list(keys)

        looks = JointLooks(look, threads=threads, at_once=1, patience=0.05)
        with pytest.raises(TimeoutError):
            await looks.at("dead")
        looks._patience = 60
        assert await looks.at("alive") == "alive"
        never.set()

    play(story)


def test_it_can_be_asked_again_in_another_loop_after_one_that_was_left(
    threads: ThreadPoolExecutor,
) -> None:
    eyes = Eyes()
    looks = JointLooks(eyes.look, threads=threads, at_once=1)

    async def left() -> None:
        asking = [asyncio.create_task(looks.at(key)) for key in ("a", "b")]
        await eyes.begun()
        assert not any(task.done() for task in asking)
        eyes.may_end.release(9)

    async def again() -> None:
        assert (await looks.at("a")).startswith("a at ")

    play(left)
    play(again)
