"""From a program's question to the person, wherever they are."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from desktop_app.errors import AppError
from desktop_app.services import events
from desktop_app.services.lending.loans import Question
from desktop_app.web.views.borrowers import readable
from desktop_app.web.views.speech import Translate

_log = logging.getLogger(__name__)

_PAUSE: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is brought to the person.

    Attributes:
        path: Of its page.
        text: One sentence in their language.
        button: What leads to the page, in a word.
    """

    id: str
    path: str
    text: str
    button: str


class Summons(Protocol):
    """Brings a question before the person's eyes, as this start of the program can."""

    @property
    def can_call(self) -> bool:
        """Whether there is any way to them."""

    async def call(self, asked: Asked) -> None:
        """Show that *asked* waits, if there is a way."""

    def withdraw(self, question_id: str) -> None:
        """Take back what shows a question: it is answered or gone."""


class PersonsAttention:
    """Implements ``services.ports.Attention``.

    Many questions at once are one call: the first is shown, and its page tells of the others. A
    hundred programs must not open a hundred tabs.

    Args:
        summons: None where nobody can be called; commands answer there.
        find: Gives a question that waits; raises ``AppError`` if it has gone.
        translate: Gives the person's words for a msgid.
        pause: Seconds between two calls.
    """

    def __init__(
        self,
        summons: Summons | None,
        *,
        find: Callable[[str], Question],
        translate: Callable[[], Translate],
        pause: float = _PAUSE,
    ) -> None:
        self._summons = summons
        self._find = find
        self._translate = translate
        self._pause = pause
        self._unseen: list[str] = []
        self._turn = asyncio.Lock()

    async def ask(self, approval_id: str) -> None:
        """Show the person that a question waits; a failure is logged and nothing more."""
        if self._summons is None:
            return
        self._unseen.append(approval_id)
        async with self._turn:
            # One call before this may have been for this question too.
            if self._unseen:
                await self._call(self._summons)
                await asyncio.sleep(self._pause)

    async def _call(self, summons: Summons) -> None:
        unseen, self._unseen = self._unseen, []
        waiting = next(filter(None, map(self._waiting, unseen)), None)
        if waiting is None:
            return
        try:
            await summons.call(self._asked(waiting))
        except (AppError, OSError) as error:
            _log.warning("nobody could be shown a question: %s", error)

    def _waiting(self, question_id: str) -> Question | None:
        try:
            return self._find(question_id)
        except AppError:
            # It went, or was answered elsewhere, before anybody could be called.
            return None

    def can_ask(self) -> bool:
        """Tell whether there is any way to the person."""
        return self._summons is not None and self._summons.can_call

    def heard(self, event: str, data: Mapping[str, Any]) -> None:
        """Take notice of an event: what is answered need not be shown any more."""
        if event == events.APPROVAL_DECIDED and self._summons is not None:
            self._summons.withdraw(str(data["id"]))

    def _asked(self, question: Question) -> Asked:
        translate = self._translate()
        name = readable(question.asker.program.name)
        return Asked(
            id=question.id,
            path=f"/approvals/{question.id}",
            text=translate("{program} would like to use an account.").format(program=name),
            button=translate("Look"),
        )
