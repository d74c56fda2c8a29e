"""From a program's question to the person: one call at a time, however many ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from desktop_app.composition.attention import Asked, PersonsAttention
from desktop_app.errors import NotFoundError
from desktop_app.services import events
from desktop_app.services.lending.loans import Question
from tests.support.askers import made_up_asker


class Called:
    """The person, who is called as often as this remembers."""

    def __init__(self) -> None:
        self.calls: list[Asked] = []
        self.withdrawn: list[str] = []
        self.can_call = True
        self.fails = False

    async def call(self, asked: Asked) -> None:
        self.calls.append(asked)
        if self.fails:
            raise OSError

    def withdraw(self, question_id: str) -> None:
        self.withdrawn.append(question_id)


class Asking:
    """Questions that wait, and the attention that they get."""

    def __init__(self, *, pause: float) -> None:
        self.person = Called()
        self.waiting: dict[str, Question] = {}
        self.attention = PersonsAttention(
            self.person, find=self._find, translate=lambda: _as_it_is, pause=pause
        )

    def ask(self, name: str) -> asyncio.Task[None]:
        self.waiting[name] = question(name)
        return asyncio.create_task(self.attention.ask(name))

    def _find(self, question_id: str) -> Question:
        if question_id not in self.waiting:
            raise NotFoundError
        return self.waiting[question_id]


def _as_it_is(text: str) -> str:
    return text


def question(name: str) -> Question:
    return Question(
        id=name,
        asker=made_up_asker(name),
        profile_id="p1",
        purpose="token",
        asked=None,
        scopes=(),
        created_at=0,
    )


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


async def cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def test_a_hundred_questions_are_two_calls() -> None:
    """The first at once; one more for all the others, whose page tells how many wait."""

    async def story() -> None:
        asking = Asking(pause=0)
        await asyncio.gather(*(asking.ask(f"tool-{number}") for number in range(100)))
        assert [each.id for each in asking.person.calls] == ["tool-0", "tool-1"]
        assert asking.person.calls[0].path == "/approvals/tool-0"

    play(story)


def test_between_two_calls_there_is_a_pause() -> None:
    async def story() -> None:
        asking = Asking(pause=3_600)
        tasks = [asking.ask("git")]
        await until(lambda: len(asking.person.calls) == 1)
        tasks.append(asking.ask("rclone"))
        await asyncio.sleep(0)
        assert len(asking.person.calls) == 1
        await cancelled(*tasks)

    play(story)


def test_a_question_that_went_meanwhile_calls_nobody_and_the_next_one_does() -> None:
    async def story() -> None:
        asking = Asking(pause=0)
        tasks = [asking.ask(name) for name in ("git", "curl", "rclone")]
        del asking.waiting["curl"]
        await asyncio.gather(*tasks)
        assert [each.id for each in asking.person.calls] == ["git", "rclone"]

    play(story)


def test_a_call_that_fails_does_not_keep_the_next_one_away() -> None:
    async def story() -> None:
        asking = Asking(pause=0)
        asking.person.fails = True
        await asking.ask("git")
        await asking.ask("rclone")
        assert [each.id for each in asking.person.calls] == ["git", "rclone"]

    play(story)


def test_what_is_answered_is_withdrawn() -> None:
    asking = Asking(pause=0)
    asking.attention.heard(events.APPROVAL_ASKED, {"id": "git"})
    asking.attention.heard(events.APPROVAL_DECIDED, {"id": "git"})
    assert asking.person.withdrawn == ["git"]


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0)
