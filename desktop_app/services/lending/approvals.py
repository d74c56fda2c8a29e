"""Questions that wait for the person, and the programs that wait for the answers."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from desktop_app.errors import AppError, LockedError, NotFoundError
from desktop_app.services import events
from desktop_app.services.lending.lending_errors import (
    AlreadyDecidedError,
    ApprovalTimeoutError,
    TooManyQuestionsError,
)
from desktop_app.services.lending.loans import Decision, Question
from desktop_app.services.ports import Attention, Publish, RandomBytes

_log = logging.getLogger(__name__)

_MOST_QUESTIONS: Final = 256
_MOST_OF_A_PROGRAM: Final = 32
_MOST_WAITING: Final = 4_096
_MOST_TOGETHER: Final = 1_024
_REMEMBERED: Final = 1_000
_ID_BYTES: Final = 15


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of those who wait is told.

    Attributes:
        scopes: What it may have, once; None: look again at what is allowed by now.
        profile_id: The account that the person picked.
        exact: The person was told that nothing beyond *scopes* is given.
    """

    scopes: tuple[str, ...] | None = None
    profile_id: str | None = None
    exact: bool = False


@dataclass(slots=True)
class _Pending:
    question: Question
    waiting: dict[asyncio.Future[Answer], None] = field(default_factory=dict)
    being_decided: bool = False


class Approvals:
    """The questions that are open now; in memory alone, because those who wait are too.

    Args:
        attention: Shows the person a new question.
    """

    def __init__(self, *, publish: Publish, attention: Attention, random: RandomBytes) -> None:
        self._publish = publish
        self._attention = attention
        self._random = random
        self._by_id: dict[str, _Pending] = {}
        self._by_key: dict[Hashable, _Pending] = {}
        self._decided: dict[str, None] = {}
        self._waiting = 0
        self._calls: set[asyncio.Task[None]] = set()

    def list(self) -> Sequence[Question]:
        """Return the open questions, the oldest first."""
        return [pending.question for pending in self._by_id.values()]

    def get(self, question_id: str) -> Question:
        """Return an open question.

        Raises:
            AlreadyDecidedError: It was answered.
            NotFoundError: There is none, or those who asked are gone.
        """
        return self._find(question_id).question

    async def wait(self, draft: Question, seconds: float) -> Answer:
        """Ask *draft* (its id is made here), or join those who asked the same, and wait.

        Raises:
            ApprovalTimeoutError: Nobody answered within *seconds*.
            TooManyQuestionsError: More wait than a person could answer.
            AppError: What the question was ended with.
        """
        pending = self._join(draft)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        pending.waiting[future] = None
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError as error:
            raise ApprovalTimeoutError from error
        finally:
            self._waiting -= 1
            self._leave(pending, future)

    def begin_deciding(self, question_id: str) -> Question:
        """Return the question for an answer; from now on a second one is refused.

        Raises:
            AlreadyDecidedError: It is answered, or just being answered.
            NotFoundError: There is none, or those who asked are gone.
        """
        pending = self._find(question_id)
        if pending.being_decided:
            raise AlreadyDecidedError
        pending.being_decided = True
        return pending.question

    def stop_deciding(self, question_id: str) -> None:
        """The answer could not be kept: the question is open again."""
        pending = self._by_id.get(question_id)
        if pending is not None:
            pending.being_decided = False
            self._remove_if_left(pending)

    def settle(
        self,
        question_id: str,
        decision: Decision,
        *,
        once: tuple[str, ...] | None = None,
        profile_id: str | None = None,
    ) -> None:
        """Tell those who wait: the first may have *once*, the others look again.

        All are told which account was picked, *profile_id*.
        """
        pending = self._by_id.get(question_id)
        if pending is None:
            return
        self._remember(question_id)
        self._remove(pending, decision)
        for future in pending.waiting:
            if not future.done():
                future.set_result(Answer(once, profile_id, pending.question.narrows))
                once = None

    def settle_where(self, is_answered: Callable[[Question], bool], decision: Decision) -> None:
        """Settle every question that was answered in another way meanwhile."""
        for pending in list(self._by_id.values()):
            if not pending.being_decided and is_answered(pending.question):
                self.settle(pending.question.id, decision)

    def end(self, error: AppError, *, profile_id: str | None = None) -> None:
        """End every question, or those about one account, with *error*."""
        for pending in list(self._by_id.values()):
            if profile_id is None or pending.question.profile_id == profile_id:
                self._remove(pending, "gone")
                for future in pending.waiting:
                    if not future.done():
                        future.set_exception(error)

    async def close(self) -> None:
        """End everything, because the vault is being locked."""
        self.end(LockedError())
        for call in self._calls:
            call.cancel()
        if self._calls:
            await asyncio.wait(self._calls)

    def _find(self, question_id: str) -> _Pending:
        pending = self._by_id.get(question_id)
        if pending is not None:
            return pending
        if question_id in self._decided:
            raise AlreadyDecidedError
        raise NotFoundError

    def _join(self, draft: Question) -> _Pending:
        pending = self._by_key.get(draft.key)
        together = len(pending.waiting) if pending is not None else 0
        if self._waiting >= _MOST_WAITING or together >= _MOST_TOGETHER:
            raise TooManyQuestionsError
        return pending if pending is not None else self._ask(draft)

    def _ask(self, draft: Question) -> _Pending:
        self._check_room(draft)
        pending = _Pending(replace(draft, id=self._new_id()))
        question = pending.question
        self._by_id[question.id] = self._by_key[question.key] = pending
        self._publish(events.APPROVAL_ASKED, _told(question))
        call = asyncio.create_task(self._call(question.id))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return pending

    async def _call(self, question_id: str) -> None:
        try:
            await self._attention.ask(question_id)
        except Exception:  # noqa: BLE001
            # The question stands in the list all the same, and a command can answer it.
            _log.exception("the person could not be called")

    def _check_room(self, draft: Question) -> None:
        path = draft.asker.program.path
        of_program = sum(each.question.asker.program.path == path for each in self._by_id.values())
        if len(self._by_id) >= _MOST_QUESTIONS or of_program >= _MOST_OF_A_PROGRAM:
            raise TooManyQuestionsError

    def _leave(self, pending: _Pending, future: asyncio.Future[Answer]) -> None:
        del pending.waiting[future]
        self._remove_if_left(pending)

    def _remove_if_left(self, pending: _Pending) -> None:
        # An answer that is being kept still counts for the next time.
        if not pending.waiting and not pending.being_decided:
            self._remove(pending, "gone")

    def _remove(self, pending: _Pending, outcome: str) -> None:
        question = pending.question
        if self._by_id.pop(question.id, None) is None:
            return
        self._by_key.pop(question.key, None)
        self._publish(events.APPROVAL_DECIDED, {**_told(question), "outcome": outcome})

    def _remember(self, question_id: str) -> None:
        self._decided[question_id] = None
        if len(self._decided) > _REMEMBERED:
            del self._decided[next(iter(self._decided))]

    def _new_id(self) -> str:
        return base64.b32encode(self._random(_ID_BYTES)).decode("ascii").lower()


def _told(question: Question) -> dict[str, str]:
    return {
        "id": question.id,
        "profile_id": question.profile_id,
        "program": question.asker.program.name,
    }
