"""Lending put together as the program does, with memory in the place of disk and system."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from desktop_app.errors import LockedError
from desktop_app.services.accounts import Grant, LentToken, Profile
from desktop_app.services.events import EventBus
from desktop_app.services.lending.activity import ActivityService
from desktop_app.services.lending.activity_entries import ActivityEntry, LogProblem, LogReport
from desktop_app.services.lending.approvals import Approvals
from desktop_app.services.lending.askers import Asker, AskingProgram
from desktop_app.services.lending.lending import LendingService
from desktop_app.services.lending.lending_errors import ProgramFileError
from desktop_app.services.lending.loan_book import LoanBook
from desktop_app.services.lending.loan_records import LoanRecords
from desktop_app.services.lending.loans import Loan, Proof, Question, Wish
from desktop_app.services.lending.programs import ProgramService
from desktop_app.services.profiles.profiles import ProfileService
from tests.support.account_stores import AccountPictures, AccountStore, Disk, TurnedClock

SCOPES = ("read", "write", "delete")


class LoanShelf:
    """`ports.LoanStore` in memory."""

    def __init__(self) -> None:
        self.loans: dict[str, Loan] = {}
        self.locked = False

    def get(self, loan_id: str) -> Loan | None:
        self._check()
        return self.loans.get(loan_id)

    def all(self) -> Sequence[Loan]:
        self._check()
        return tuple(self.loans.values())

    async def save(self, loan: Loan) -> None:
        self._check()
        # A real store lets others go on meanwhile.
        await asyncio.sleep(0)
        self.loans[loan.id] = loan

    async def delete(self, loan_id: str) -> None:
        self._check()
        await asyncio.sleep(0)
        self.loans.pop(loan_id, None)

    def _check(self) -> None:
        if self.locked:
            raise LockedError


class ListedLog:
    """`ports.ActivityLog` in memory, oldest first; ``failure`` is raised instead of writing."""

    def __init__(self) -> None:
        self.entries: list[ActivityEntry] = []
        self.failure: Exception | None = None
        self.problem: LogProblem | None = None

    async def append(self, entry: ActivityEntry) -> ActivityEntry:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        entry = replace(entry, number=len(self.entries) + 1)
        self.entries.append(entry)
        return entry

    async def find(
        self, wanted: Callable[[ActivityEntry], bool] | None, *, offset: int, limit: int
    ) -> tuple[Sequence[ActivityEntry], int]:
        found = [each for each in reversed(self.entries) if wanted is None or wanted(each)]
        return found[offset : offset + limit], len(found)

    async def verify(self) -> LogReport:
        return LogReport(entries=len(self.entries), problem=self.problem)

    @property
    def outcomes(self) -> list[str]:
        return [each.outcome for each in self.entries]


class KnownPrograms:
    """`ports.Peers` that knows what lies where."""

    def __init__(self) -> None:
        self.programs: dict[str, AskingProgram] = {}

    async def check_user(self, connection: socket.socket) -> None: ...

    async def identify(self, connection: socket.socket) -> Asker:
        raise NotImplementedError

    async def program_at(self, path: str, *, interpreters: bool) -> AskingProgram:
        if path not in self.programs:
            raise ProgramFileError(path)
        return self.programs[path]


class Calls:
    """`ports.Attention` that remembers."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, approval_id: str) -> None:
        self.asked.append(approval_id)


class Desk:
    """Somebody who lends, and programs that come to borrow; used inside a loop."""

    def __init__(self, *, narrows: bool = False) -> None:
        self.clock = TurnedClock(time.time())
        self.bus = EventBus()
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.bus.subscribe(lambda event, data: self.events.append((event, data)))
        self.log = ListedLog()
        self.shelf = LoanShelf()
        self.peers = KnownPrograms()
        self.calls = Calls()
        self.first: Literal["ask", "once", "hour"] = "ask"
        self.proofs: list[Proof] = []
        self.refuse_proofs: Exception | None = None
        self.given: list[tuple[str, ...]] = []
        self.narrows = narrows
        self.heeds = True
        self.failure: Exception | None = None
        disk = Disk()
        self.profile_store = AccountStore(disk)
        self.profiles = ProfileService(
            profiles=self.profile_store,
            pictures=AccountPictures(disk),
            clock=self.clock,
            publish=self.bus.publish,
        )
        self.activity = ActivityService(log=self.log, clock=self.clock, publish=self.bus.publish)
        records = LoanRecords(activity=self.activity, clock=self.clock)
        self.approvals = Approvals(
            publish=self.bus.publish, attention=self.calls, random=secrets.token_bytes
        )
        self.book = LoanBook(
            loans=self.shelf,
            clock=self.clock,
            publish=self.bus.publish,
            random=secrets.token_bytes,
        )
        self.lending = LendingService(
            book=self.book,
            approvals=self.approvals,
            records=records,
            profiles=self.profiles,
            clock=self.clock,
            can_narrow=lambda _profile: self.narrows,
            suggestion=lambda: self.first,
        )
        self.bus.subscribe(self.lending.heard)
        self.programs = ProgramService(
            book=self.book,
            approvals=self.approvals,
            records=records,
            profiles=self.profiles,
            peers=self.peers,
            prove=self._prove,
        )

    async def _prove(self, proof: Proof) -> None:
        self.proofs.append(proof)
        if self.refuse_proofs is not None:
            raise self.refuse_proofs

    async def add_profile(
        self, profile_id: str = "p1", scopes: tuple[str, ...] = SCOPES, **changes: Any
    ) -> Profile:
        """Keep an account whose grant has *scopes*; *changes* are of the grant."""
        now = self.clock()
        grant = Grant(
            issuer="https://forge.example",
            authorization_endpoint="https://forge.example/authorize",
            token_endpoint="https://forge.example/token",
            client_id="client",
            access_token="access-token",
            access_token_issued_at=now,
            scopes_granted=scopes,
        )
        profile = Profile(
            id=profile_id,
            provider="forge",
            issuer=grant.issuer,
            subject=f"subject-{profile_id}",
            name="Ada Example",
            created_at=now,
            updated_at=now,
            last_seen_at=now,
            grant=replace(grant, **changes),
        )
        await self.profile_store.save(profile)
        return profile

    async def give(self, scopes: Sequence[str]) -> LentToken:
        """Make a token with *scopes*, or with all if there are none."""
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.given.append(tuple(scopes))
        wanted = tuple(scopes) or SCOPES
        # A provider that doesn't heed the wish is known as such from then on.
        self.narrows = self.narrows and self.heeds
        return LentToken(
            access_token="access-token",
            token_type="Bearer",
            expires_at=None,
            scopes=wanted if self.heeds else SCOPES,
            wider=not self.heeds and wanted != SCOPES,
        )

    async def borrow(self, asker: Asker | None, *scopes: str, **wish: Any) -> LentToken:
        """Ask for a token and return it."""
        made = Wish(**{"profile_id": "p1", "scopes": scopes, **wish})
        return await self.lending.lend(asker, made, self.give)

    def asks(self, asker: Asker, *scopes: str, **wish: Any) -> asyncio.Task[LentToken]:
        """Ask for a token, and let the person think."""
        return asyncio.create_task(self.borrow(asker, *scopes, **wish))

    async def questions(self, count: int = 1) -> Sequence[Question]:
        """Return the questions, once there are *count* of them."""
        async with asyncio.timeout(120):
            while len(self.programs.questions()) != count:
                await asyncio.sleep(0)
        return self.programs.questions()

    async def question(self) -> Question:
        """Return the only question, once it is asked."""
        return (await self.questions())[0]
