"""Taking everything back: one account after another, whatever happens to each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from desktop_app.errors import AppError
from desktop_app.services import events
from desktop_app.services.accounts import Profile, Revocation
from desktop_app.services.ports import Publish
from desktop_app.services.profiles.profiles import ProfileService

_log = logging.getLogger(__name__)

StepStatus = Literal["waiting", "running", "done", "failed"]
Revoke = Callable[[str], Awaitable[Revocation]]

# A provider that doesn't answer must not keep the others waiting; all at once would be rude.
_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far it is with one account.

    Attributes:
        revocation: What is known to be gone; None before it is done.
        failure: Why it could not be done; None unless it failed.
    """

    profile_id: str
    provider: str
    status: StepStatus = "waiting"
    revocation: Revocation | None = None
    failure: AppError | None = field(default=None, repr=False)


class RevocationRounds:
    """Goes through every account that holds a grant; one round at a time.

    What a round found stays until the next one, or until the program is locked.
    """

    def __init__(self, *, profiles: ProfileService, revoke: Revoke, publish: Publish) -> None:
        self._profiles = profiles
        self._revoke = revoke
        self._publish = publish
        self._steps: dict[str, Step] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether a round is under way."""
        return self._task is not None and not self._task.done()

    @property
    def steps(self) -> Sequence[Step]:
        """The accounts of the round under way, or of the last one."""
        return tuple(self._steps.values())

    def candidates(self) -> Sequence[Profile]:
        """Return the accounts that a round would go through.

        Raises:
            LockedError: If the vault is locked.
        """
        return [each for each in self._profiles.all() if each.grant and each.status != "revoked"]

    def start(self) -> Sequence[Step]:
        """Begin a round, unless one is under way, and return its steps.

        Raises:
            LockedError: If the vault is locked.
        """
        if not self.running:
            found = (Step(profile_id=each.id, provider=each.provider) for each in self.candidates())
            self._steps = {step.profile_id: step for step in found}
            self._task = asyncio.create_task(self._go_round())
        return self.steps

    async def close(self) -> None:
        """Give the round up and forget what it found; what was asked already is finished."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._task = None
        self._steps = {}

    async def _go_round(self) -> None:
        turns = asyncio.Semaphore(_AT_ONCE)
        try:
            await asyncio.gather(*(self._take_turn(turns, each) for each in tuple(self._steps)))
        finally:
            self._publish(events.REVOCATIONS_OVER, {"total": len(self._steps)})

    async def _take_turn(self, turns: asyncio.Semaphore, profile_id: str) -> None:
        async with turns:
            self._change(profile_id, status="running")
            try:
                revocation = await self._revoke(profile_id)
            except AppError as error:
                self._change(profile_id, status="failed", failure=error)
            except Exception:  # noqa: BLE001 - the others must still have their turn
                _log.exception("Taking back %s broke", profile_id)
                self._change(profile_id, status="failed", failure=AppError())
            else:
                self._change(profile_id, status="done", revocation=revocation)

    def _change(
        self,
        profile_id: str,
        *,
        status: StepStatus,
        revocation: Revocation | None = None,
        failure: AppError | None = None,
    ) -> None:
        step = replace(
            self._steps[profile_id], status=status, revocation=revocation, failure=failure
        )
        self._steps[profile_id] = step
        self._publish(events.REVOCATION, {"id": profile_id, "status": status})
