"""What of lending is written down, and in which words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable, Sequence
from typing import Any, Final

from desktop_app.errors import AppError, ApprovalRequiredError
from desktop_app.services.accounts import LentToken, Profile
from desktop_app.services.lending.activity import ActivityService
from desktop_app.services.lending.activity_entries import Outcome
from desktop_app.services.lending.askers import Asker, AskingProgram
from desktop_app.services.lending.lending_errors import ApprovalTimeoutError, DeniedError
from desktop_app.services.lending.loans import Decision, Wish
from desktop_app.services.ports import Clock
from desktop_app.services.tokens.recent import Recently

_log = logging.getLogger(__name__)

_QUIET_SECONDS: Final = 60.0
_OUTCOMES: Final[tuple[tuple[type[BaseException], Outcome], ...]] = (
    (DeniedError, "denied"),
    (ApprovalTimeoutError, "timeout"),
    (ApprovalRequiredError, "refused"),
    (asyncio.CancelledError, "gone"),
)


class LoanRecords:
    """Writes the activity log for lending.

    A refusal that repeats itself within a minute is written once: a program that asks in a
    loop must not push what matters out of the log.
    """

    def __init__(self, *, activity: ActivityService, clock: Clock) -> None:
        self._activity = activity
        self._told = Recently(clock, seconds=_QUIET_SECONDS)

    async def given(
        self,
        asker: Asker | None,
        profile: Profile,
        wish: Wish,
        *,
        lent: object,
        scopes: Sequence[str],
        decision: Decision | None,
    ) -> None:
        """Write down that *lent* is about to be handed over.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: There is no room; then it must not be handed over.
        """
        # What the token really can do, where that is known.
        real = lent.scopes if isinstance(lent, LentToken) else tuple(scopes)
        about = _about(asker, wish) | {"scopes": real, "decision": decision}
        await self._activity.record(profile, outcome="given", **about)

    async def failed(
        self, asker: Asker | None, profile: Profile, wish: Wish, error: BaseException
    ) -> None:
        """Write down that it was allowed, and could not be had."""
        code = error.code if isinstance(error, AppError) else ""
        outcome = "gone" if isinstance(error, asyncio.CancelledError) else "failed"
        await self._try(profile, outcome=outcome, error=code, **_about(asker, wish))

    async def refused(
        self, asker: Asker, profile: Profile, wish: Wish, error: BaseException
    ) -> None:
        """Write down that it got nothing, and why."""
        fits = (outcome for kind, outcome in _OUTCOMES if isinstance(error, kind))
        outcome = next(fits, "failed")
        if self._told.first(_key(asker, profile, outcome)):
            code = error.code if isinstance(error, AppError) else ""
            await self._try(profile, outcome=outcome, error=code, **_about(asker, wish))

    async def decided(
        self,
        profile: Profile,
        program: AskingProgram,
        decision: Decision,
        scopes: Sequence[str],
    ) -> None:
        """Write down what the person decided.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: There is no room.
        """
        outcome: Outcome = "forbidden" if decision == "deny" else "allowed"
        await self._activity.record(
            profile,
            by="person",
            outcome=outcome,
            program=program,
            decision=decision,
            scopes=() if decision == "deny" else tuple(scopes),
        )

    async def taken_back(self, profile: Profile, program: AskingProgram) -> None:
        """Write down that the person took a loan or a denial back.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: There is no room.
        """
        await self._activity.record(profile, by="person", outcome="revoked", program=program)

    async def _try(self, profile: Profile, **what: Any) -> None:
        try:
            await self._activity.record(profile, **what)
        except AppError as error:
            # Nothing is handed over, so the reason that the asker hears matters more.
            _log.warning("a refusal is not in the activity log: %s", error.code)


def _about(asker: Asker | None, wish: Wish) -> dict[str, Any]:
    told: dict[str, Any] = {"purpose": wish.purpose, "scopes": wish.scopes}
    told |= {"target": wish.target, "says": wish.says}
    if asker is None:
        return told | {"by": "person"}
    return told | {"program": asker.program, "pid": asker.pid, "parents": asker.parents}


def _key(asker: Asker, profile: Profile, outcome: str) -> Hashable:
    return asker.program.path, asker.program.fingerprint, profile.id, outcome
