"""Lending put together: who asks, who may, what is written down."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from functools import cached_property

from desktop_app.composition.own_command import own_command_here, own_uid
from desktop_app.peers.system import SystemPeers
from desktop_app.services.accounts import Profile
from desktop_app.services.events import EventBus
from desktop_app.services.lending.account_choices import AccountChoices
from desktop_app.services.lending.activity import ActivityService
from desktop_app.services.lending.approvals import Approvals
from desktop_app.services.lending.lending import LendingService
from desktop_app.services.lending.loan_book import LoanBook
from desktop_app.services.lending.loan_records import LoanRecords
from desktop_app.services.lending.loans import Proof
from desktop_app.services.lending.programs import ProgramService
from desktop_app.services.lending.remembered_choices import RememberedChoices
from desktop_app.services.locking.lock import LockService
from desktop_app.services.ports import (
    ActivityLog,
    Attention,
    Clock,
    DocumentStore,
    LoanStore,
)
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.settings import SettingsService


class Lending:
    """The parts of lending, made when first asked for.

    Args:
        lock: Gives the service that a proof of the person is shown to.
        can_ask: Tells whether the person can be asked at all.
        can_narrow: Tells whether an account's tokens can be had with fewer scopes.
    """

    def __init__(
        self,
        *,
        loans: LoanStore,
        log: ActivityLog,
        profiles: ProfileService,
        settings: SettingsService,
        attention: Attention,
        lock: Callable[[], LockService],
        documents: DocumentStore,
        can_ask: Callable[[], Awaitable[bool]],
        can_narrow: Callable[[Profile], bool],
        events: EventBus,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._publish = events.publish
        self._can_ask = can_ask
        self._profiles = profiles
        self._settings = settings
        self._lock = lock
        self._can_narrow = can_narrow
        self._clock = clock
        self.peers = SystemPeers(own_command_here(), uid=own_uid())
        self.activity = ActivityService(log=log, clock=clock, publish=events.publish)
        self._records = LoanRecords(activity=self.activity, clock=clock)
        self._approvals = Approvals(
            publish=events.publish, attention=attention, random=secrets.token_bytes
        )
        self._book = LoanBook(
            loans=loans, clock=clock, publish=events.publish, random=secrets.token_bytes
        )
        events.subscribe(self.service.heard)

    @cached_property
    def service(self) -> LendingService:
        """What programs ask."""
        return LendingService(
            book=self._book,
            approvals=self._approvals,
            records=self._records,
            profiles=self._profiles,
            clock=self._clock,
            can_narrow=self._can_narrow,
            suggestion=lambda: self._settings.get().default_lending,
        )

    @cached_property
    def choices(self) -> AccountChoices:
        """Which account a program means."""
        return AccountChoices(
            approvals=self._approvals,
            profiles=self._profiles,
            kept=RememberedChoices(
                documents=self._documents, clock=self._clock, publish=self._publish
            ),
            can_ask=self._can_ask,
            clock=self._clock,
        )

    @cached_property
    def programs(self) -> ProgramService:
        """What the person says."""
        return ProgramService(
            book=self._book,
            approvals=self._approvals,
            records=self._records,
            profiles=self._profiles,
            peers=self.peers,
            prove=self._prove,
        )

    async def _prove(self, proof: Proof) -> None:
        # Looked up late: the lock closes this before it locks.
        await self._lock().keys.prove(proof)
