"""Lends what an account can do to programs, each with the person's say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, Final, Literal, TypeVar

from desktop_app.errors import AppError, ApprovalRequiredError, InvalidRequestError, Reason
from desktop_app.services import events
from desktop_app.services.accounts import LentToken, Profile
from desktop_app.services.errors import NeedsSignInError, NotSupportedError
from desktop_app.services.lending.admissions import Admission, is_less
from desktop_app.services.lending.approvals import Approvals
from desktop_app.services.lending.askers import Asker
from desktop_app.services.lending.lending_errors import DeniedError, WiderThanAllowedError
from desktop_app.services.lending.loan_book import LoanBook
from desktop_app.services.lending.loan_records import LoanRecords
from desktop_app.services.lending.loans import Question, Wish
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.recent import Recently
from desktop_app.services.tokens.signatures import ProofHeaders

_log = logging.getLogger(__name__)

T = TypeVar("T")

_RETRY_SECONDS: Final = 60.0
_EVERYBODY: Final = 1 << 30

Give = Callable[[Sequence[str]], Awaitable[T]]
"""Makes what is lent with the scopes that are allowed; none means all that were granted."""


class LendingService:
    """Gives programs what the person allows, and writes all of it down first.

    Args:
        can_narrow: Tells whether an account's tokens can be had with fewer scopes.
        suggestion: The person's setting: ``ask``, ``once`` or ``hour``.
    """

    def __init__(
        self,
        *,
        book: LoanBook,
        approvals: Approvals,
        records: LoanRecords,
        profiles: ProfileService,
        clock: Clock,
        can_narrow: Callable[[Profile], bool] = lambda _profile: False,
        suggestion: Callable[[], Literal["ask", "once", "hour"]] = lambda: "ask",
    ) -> None:
        self._book = book
        self._approvals = approvals
        self._records = records
        self._profiles = profiles
        self._clock = clock
        self._can_narrow = can_narrow
        self._suggestion = suggestion
        self._proven = Recently(clock, seconds=_RETRY_SECONDS)

    async def lend(self, asker: Asker | None, wish: Wish, give: Give[T]) -> T:
        """Return what *give* makes, once *asker* may have it and it is written down.

        Args:
            asker: The program; None is the person's own session, which needs no approval.
            wish: What it asks for.
            give: Makes it.

        Raises:
            NotFoundError: There is no such account.
            NeedsSignInError: Its grant is over.
            InvalidRequestError: It asks for a scope that was not granted.
            DeniedError: The person said no.
            ApprovalRequiredError: Nobody allowed it, and *wish* does not want to wait.
            ApprovalTimeoutError: Nobody answered in time.
            TooManyQuestionsError: More wait than a person could answer.
            DiskFullError: It can't be written down, so nothing is lent.
            WiderThanAllowedError: The provider stopped giving less, twice in a row.
            AppError: What *give* raises.
        """
        profile = self._checked(wish)
        try:
            lent = await self._lend_once(asker, profile, wish, give)
        except WiderThanAllowedError:
            # What was promised does not hold any more: with what is known now the person is
            # asked again.
            lent = await self._lend_once(asker, profile, wish, give)
        if asker is not None and not wish.is_retry:
            self._proven.note(_key(asker, wish))
        return lent

    def heard(self, event: str, data: Mapping[str, Any]) -> None:
        """Take notice of an event: an account that is gone takes questions and loans along."""
        removed = event == events.PROFILE_REMOVED
        revoked = event == events.PROFILE_CHANGED and data.get("status") == "revoked"
        if removed or revoked:
            profile_id = str(data["id"])
            self._approvals.end(NeedsSignInError(), profile_id=profile_id)
            self._book.forget_profile(profile_id)

    async def tidy(self) -> None:
        """Forget the loans that are over, and those of accounts that are not there any more."""
        everybody, _ = self._profiles.list(limit=_EVERYBODY)
        there = {each.id for each in everybody if each.status != "revoked"}
        try:
            await self._book.tidy(lambda profile_id: profile_id in there)
        except AppError as error:
            # The disk is full, perhaps. What is over does not count, kept or not.
            _log.warning("old loans stay in the store: %s", error.code)

    async def close(self) -> None:
        """End the questions and finish what is being kept, because the vault is being locked."""
        self._proven.forget()
        await self._approvals.close()
        await self._book.close()

    async def _lend_once(
        self, asker: Asker | None, profile: Profile, wish: Wish, give: Give[T]
    ) -> T:
        admission = await self._admit(asker, profile, wish)
        try:
            lent = await give(admission.scopes)
            _check_promise(admission, lent)
            await self._records.given(
                asker,
                profile,
                wish,
                lent=lent,
                scopes=admission.scopes,
                decision=admission.decision,
            )
        except BaseException as error:
            await self._not_given(asker, profile, wish, admission, error)
            raise
        return lent

    def _checked(self, wish: Wish) -> Profile:
        """Return the account, if it has what is asked for; nobody is asked for the impossible."""
        profile = self._profiles.get(wish.profile_id)
        if profile.grant is None or profile.status != "active":
            raise NeedsSignInError
        if wish.purpose == "token" and profile.grant.signature_method is not None:
            raise NotSupportedError(what="this account signs requests, so ask for a signature")
        missing = [each for each in wish.scopes if each not in profile.grant.scopes_granted]
        if missing:
            raise InvalidRequestError(
                Reason("this account was not allowed {scopes}", scopes=", ".join(missing)),
                field="scopes",
                missing=missing,
            )
        return profile

    async def _admit(self, asker: Asker | None, profile: Profile, wish: Wish) -> Admission:
        if asker is None:
            return Admission(scopes=wish.scopes)
        try:
            return await self._admit_program(asker, wish)
        except BaseException as error:
            await self._records.refused(asker, profile, wish, error)
            raise

    async def _admit_program(self, asker: Asker, wish: Wish) -> Admission:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wish.wait_seconds
        while True:
            # Again each time: the account may have changed while the person thought.
            profile = self._checked(wish)
            admission = await self._admit_by_earlier_answer(asker, profile, wish)
            if admission is not None:
                return admission
            if wish.wait_seconds <= 0:
                raise ApprovalRequiredError
            question = self._question(asker, profile, wish)
            answer = await self._approvals.wait(question, max(0.0, deadline - loop.time()))
            if answer.scopes is not None:
                exact = answer.exact and is_less(answer.scopes, profile)
                return Admission(scopes=answer.scopes, decision="once", exact=exact)

    async def _admit_by_earlier_answer(
        self, asker: Asker, profile: Profile, wish: Wish
    ) -> Admission | None:
        found = self._book.standing(asker.program, profile, wish.scopes or None)
        if found.denied:
            raise DeniedError(program=asker.program.name)
        if found.loan is None and wish.is_retry and self._proven.take(_key(asker, wish)):
            # What it was given a moment ago was of no use without this.
            return Admission(scopes=wish.scopes, decision="once")
        exact = found.loan is not None and found.loan.exact and is_less(found.scopes, profile)
        if found.loan is None or (exact and not self._can_narrow(profile)):
            return None
        once = found.loan if found.loan.decision == "once" else None
        if once is not None:
            await self._book.use_up(once)
        return Admission(scopes=found.scopes, decision=found.loan.decision, loan=once, exact=exact)

    def _question(self, asker: Asker, profile: Profile, wish: Wish) -> Question:
        granted = profile.grant.scopes_granted if profile.grant else ()
        scopes = wish.scopes or granted
        first = self._suggestion()
        return Question(
            id="",
            asker=asker,
            profile_id=profile.id,
            purpose=wish.purpose,
            asked=wish.scopes or None,
            scopes=scopes,
            says=wish.says,
            wider=bool(set(granted) - set(scopes)) and not self._can_narrow(profile),
            narrows=self._can_narrow(profile),
            replaced=self._book.standing(asker.program, profile, wish.scopes or None).replaced,
            first=None if first == "ask" else first,
            created_at=self._clock(),
        )

    async def _not_given(
        self,
        asker: Asker | None,
        profile: Profile,
        wish: Wish,
        admission: Admission,
        error: BaseException,
    ) -> None:
        await self._records.failed(asker, profile, wish, error)
        if admission.loan is not None:
            await self._book.give_back(admission.loan)


def _check_promise(admission: Admission, lent: object) -> None:
    if admission.exact and isinstance(lent, LentToken | ProofHeaders) and lent.wider:
        raise WiderThanAllowedError


def _key(asker: Asker, wish: Wish) -> Hashable:
    program = asker.program
    return program.path, program.fingerprint, wish.profile_id, wish.purpose, wish.target
