"""Which of several accounts a program means: the person says it, once for each place."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from desktop_app.errors import AppError, InvalidRequestError
from desktop_app.services.accounts import Profile
from desktop_app.services.errors import AmbiguousProfileError
from desktop_app.services.lending.approvals import Approvals
from desktop_app.services.lending.askers import Asker
from desktop_app.services.lending.lending_errors import DeniedError
from desktop_app.services.lending.loans import Question
from desktop_app.services.lending.remembered_choices import RememberedChoice, RememberedChoices
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.naming import ambiguous
from desktop_app.services.profiles.profiles import ProfileService

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is to be chosen.

    Attributes:
        candidates: Ids of the profiles that are possible.
        remember_for: What the choice holds for, such as a repository's address.
        says: What the program itself says that it is for.
    """

    candidates: tuple[str, ...]
    remember_for: str
    says: str = ""
    wait_seconds: float = 60


class AccountChoices:
    """Asks the person which account, and remembers it; nothing is ever picked by guess.

    Args:
        kept: What was chosen before.
        can_ask: Tells whether anybody is there to be asked.
    """

    def __init__(
        self,
        *,
        approvals: Approvals,
        profiles: ProfileService,
        kept: RememberedChoices,
        can_ask: Callable[[], Awaitable[bool]],
        clock: Clock,
    ) -> None:
        self._approvals = approvals
        self._profiles = profiles
        self._kept = kept
        self._can_ask = can_ask
        self._clock = clock

    def remembered(self) -> Sequence[RememberedChoice]:
        """Return what the person picked and is still remembered, the newest first.

        Raises:
            LockedError: The vault is locked.
        """
        there = {profile.id for profile in self._profiles.all()}
        return [choice for choice in self._kept.all() if choice.profile_id in there]

    async def forget(self, choice_id: str) -> None:
        """Forget what was picked for a place: the next program there asks again.

        Raises:
            NotFoundError: Nothing of that id is remembered.
            LockedError: The vault is locked.
        """
        await self._kept.forget(choice_id)

    async def tidy(self) -> None:
        """Forget what was picked of accounts that the person has forgotten since."""
        try:
            await self._kept.tidy({profile.id for profile in self._profiles.all()})
        except AppError as error:
            # The disk is full, perhaps. They are shown and used no more, kept or not.
            _log.warning("old choices of accounts stay in the store: %s", error.code)

    async def choose(self, asker: Asker | None, choice: Choice) -> str:
        """Return the id of the account that the person means.

        Raises:
            NotFoundError: A candidate is no account.
            InvalidRequestError: The person's own window asks, which can say it itself.
            AmbiguousProfileError: Nobody is there to be asked; it lists the candidates.
            ApprovalTimeoutError: Nobody answered in time.
            DeniedError: The person wants none of them used.
            TooManyQuestionsError: More wait than a person could answer.
        """
        candidates = [self._profiles.get(each) for each in choice.candidates]
        known = self._remembered(choice)
        if known is not None:
            return known
        if asker is None:
            raise InvalidRequestError("name the account", field="candidates")
        if choice.wait_seconds <= 0 or not await self._can_ask():
            raise _unclear(choice, candidates)
        question = self._question(asker, choice)
        answer = await self._approvals.wait(question, choice.wait_seconds)
        if answer.profile_id is None:
            raise DeniedError(program=asker.program.name)
        await self._kept.keep(choice.remember_for, answer.profile_id)
        return answer.profile_id

    def _question(self, asker: Asker, choice: Choice) -> Question:
        return Question(
            id="",
            asker=asker,
            profile_id=choice.candidates[0],
            purpose="account_choice",
            asked=None,
            scopes=(),
            says=choice.says,
            candidates=choice.candidates,
            subject=choice.remember_for,
            created_at=self._clock(),
        )

    def _remembered(self, choice: Choice) -> str | None:
        found = self._kept.find(choice.remember_for)
        return found if found in choice.candidates else None


def _unclear(choice: Choice, candidates: Sequence[Profile]) -> AmbiguousProfileError:
    return ambiguous(choice.says or choice.remember_for, list(candidates))
