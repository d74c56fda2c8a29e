"""The loans that are kept: made, looked up, used up, taken back."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from desktop_app.errors import NotFoundError
from desktop_app.services import events
from desktop_app.services.accounts import Profile
from desktop_app.services.lending.askers import AskingProgram
from desktop_app.services.lending.lending_errors import NotForAlwaysError
from desktop_app.services.lending.loans import Decision, Loan
from desktop_app.services.lending.standing import Standing, standing
from desktop_app.services.ports import Clock, LoanStore, Publish, RandomBytes

_ID_BYTES: Final = 10
_HOUR: Final = 3_600.0
_DAY: Final = 86_400.0
_MOST_TAKEN_BACK: Final = 64

ANSWERED_DENIAL: Final = 600.0
"""Seconds that a “no” to a question holds; one from the command holds until it is changed."""


class LoanBook:
    """Knows what every program may borrow. Reads are from memory; a write is durable."""

    def __init__(
        self, *, loans: LoanStore, clock: Clock, publish: Publish, random: RandomBytes
    ) -> None:
        self._loans = loans
        self._clock = clock
        self._publish = publish
        self._random = random
        self._used: set[str] = set()
        self._taken_back: dict[str, Loan] = {}
        self._writing = asyncio.Lock()
        self._forgetting: set[asyncio.Task[None]] = set()

    def current(self, profile_id: str | None = None) -> Sequence[Loan]:
        """Return the loans and denials that hold now, the oldest first.

        Raises:
            LockedError: The vault is locked.
        """
        now = self._clock()
        found = [
            loan
            for loan in self._loans.all()
            if profile_id in {None, loan.profile_id}
            and loan.id not in self._used
            and not loan.is_over(now)
        ]
        return sorted(found, key=lambda loan: (loan.created_at, loan.id))

    def get(self, loan_id: str) -> Loan:
        """Return a loan that holds now.

        Raises:
            NotFoundError: There is none, or its time has passed.
            LockedError: The vault is locked.
        """
        loan = self._loans.get(loan_id)
        if loan is None or loan.id in self._used or loan.is_over(self._clock()):
            raise NotFoundError
        return loan

    def standing(
        self, program: AskingProgram, profile: Profile, asked: Sequence[str] | None
    ) -> Standing:
        """Return what the person's earlier answers say to *program*.

        Raises:
            LockedError: The vault is locked.
        """
        granted = profile.grant.scopes_granted if profile.grant else ()
        return standing(self.current(profile.id), program, asked, granted)

    def draft(
        self,
        program: AskingProgram,
        profile_id: str,
        decision: Decision,
        *,
        asked: Sequence[str] | None,
        scopes: Sequence[str],
        seconds: float | None = None,
        exact: bool = False,
    ) -> Loan:
        """Return a loan that is not kept yet.

        Args:
            program: Who may, or may not.
            profile_id: Of which account.
            decision: What the person said.
            asked: The scopes that it was about; None: all that were granted.
            scopes: Those that are allowed.
            seconds: How long it holds; None: as long as *decision* says.
            exact: The person was told that nothing beyond *scopes* is given.

        Raises:
            NotForAlwaysError: A script is to be allowed for always.
        """
        if decision == "always" and not program.may_be_always:
            raise NotForAlwaysError(program.name)
        lasts = {"hour": _HOUR, "once": _DAY}.get(decision) if seconds is None else seconds
        now = self._clock()
        return Loan(
            id=base64.b32encode(self._random(_ID_BYTES)).decode("ascii").lower(),
            program=program,
            profile_id=profile_id,
            decision=decision,
            asked=None if asked is None else tuple(asked),
            scopes=tuple(scopes),
            exact=exact,
            until=None if lasts is None else now + lasts,
            created_at=now,
        )

    async def keep(self, loan: Loan, *, instead_of: Callable[[Loan], bool]) -> Loan:
        """Keep *loan* in the place of those that *instead_of* fits; durable when it returns.

        Returns:
            It, under the id of the newest that it replaces: who noted that id changes the same
            program's loan with it later on. A single token's may be used up meanwhile, so that
            its id goes with it.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: There is no room; nothing has changed.
        """
        async with self._writing:
            old = [each for each in self.current(loan.profile_id) if instead_of(each)]
            ids = [loan.id, *(each.id for each in old if each.decision != "once")]
            loan = replace(loan, id=ids[-1])
            await self._loans.save(loan)
            for each in old:
                if each.id != loan.id:
                    await self._loans.delete(each.id)
        self._tell(loan.profile_id)
        return loan

    async def take_back(self, loan_id: str) -> Loan:
        """Forget a loan or a denial, and return it.

        Raises:
            NotFoundError: There is none, or its time has passed.
            LockedError: The vault is locked.
        """
        async with self._writing:
            loan = self.get(loan_id)
            await self._loans.delete(loan_id)
        self._remember(loan)
        self._tell(loan.profile_id)
        return loan

    def taken_back(self, loan_id: str) -> Loan:
        """Return what was taken back and could be had again.

        Raises:
            NotFoundError: There is none, or its time has passed.
        """
        loan = self._taken_back.get(loan_id)
        if loan is None or loan.is_over(self._clock()):
            raise NotFoundError
        return loan

    async def restore(self, loan_id: str) -> Loan:
        """Keep a loan or a denial again that was taken back a moment ago, as it was.

        Raises:
            NotFoundError: There is none, or its time has passed.
            LockedError: The vault is locked.
            DiskFullError: There is no room.
        """
        async with self._writing:
            loan = self.taken_back(loan_id)
            await self._loans.save(loan)
            del self._taken_back[loan_id]
        self._tell(loan.profile_id)
        return loan

    async def use_up(self, loan: Loan) -> None:
        """Take a single token's loan; from this call on nobody else gets it."""
        self._used.add(loan.id)
        await self._loans.delete(loan.id)
        self._tell(loan.profile_id)

    async def give_back(self, loan: Loan) -> None:
        """Nothing was given for it after all: it is good again."""
        await self._loans.save(loan)
        self._used.discard(loan.id)
        self._tell(loan.profile_id)

    def forget_profile(self, profile_id: str) -> None:
        """Begin to forget every loan of an account that is gone."""
        self._forget_taken_back(lambda loan: loan.profile_id == profile_id)
        task = asyncio.create_task(self._forget(lambda loan: loan.profile_id == profile_id))
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)

    async def tidy(self, is_there: Callable[[str], bool]) -> None:
        """Forget what is over, and what accounts left behind that are not there any more."""
        now = self._clock()
        await self._forget(lambda loan: loan.is_over(now) or not is_there(loan.profile_id))

    async def close(self) -> None:
        """Wait for what is being forgotten."""
        self._taken_back.clear()
        if self._forgetting:
            await asyncio.wait(self._forgetting)

    def _forget_taken_back(self, is_wanted: Callable[[Loan], bool]) -> None:
        kept = {key: loan for key, loan in self._taken_back.items() if not is_wanted(loan)}
        self._taken_back = kept

    async def _forget(self, is_wanted: Callable[[Loan], bool]) -> None:
        async with self._writing:
            gone = [loan for loan in self._loans.all() if is_wanted(loan)]
            for loan in gone:
                await self._loans.delete(loan.id)
        for profile_id in {loan.profile_id for loan in gone}:
            self._tell(profile_id)

    def _remember(self, loan: Loan) -> None:
        self._taken_back[loan.id] = loan
        if len(self._taken_back) > _MOST_TAKEN_BACK:
            del self._taken_back[next(iter(self._taken_back))]

    def _tell(self, profile_id: str) -> None:
        self._publish(events.PROGRAMS_CHANGED, {"profile_id": profile_id})
