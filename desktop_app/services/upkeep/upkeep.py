"""Renewing grants ahead of their end, so that an unused account does not get lost.

Access tokens are renewed when somebody asks for one. What is kept up here is the permission
itself: a refresh token that may lie unused for thirty days is renewed after twenty, and one
that a program is using gets its next access token a little before the old one ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from desktop_app.errors import AppError, LockedError, NotFoundError
from desktop_app.services import events
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import NeedsSignInError, ProviderUnreachableError
from desktop_app.services.events import Subscriber, Unsubscribe
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.upkeep.backoff import Backoff, Retries
from desktop_app.services.upkeep.endings import DAY, ending_of, is_session

_log = logging.getLogger(__name__)

_CHANGES: Final = frozenset({events.PROFILE_ADDED, events.PROFILE_CHANGED, events.PROFILE_REMOVED})
_AT_ONCE: Final = 4
# A token that is in use is renewed when a quarter of its life is left, five minutes at most.
_LEAD_PART: Final = 1 / 4
_LONGEST_LEAD: Final = 300.0
# Seconds between two rounds: a hundred changes in a moment are one round.
_BREATH: Final = 0.05
_BATCH: Final = 500

Renew = Callable[[str], Awaitable[Profile]]


class Upkeep:
    """Keeps a time for every grant, sleeps until the first, and renews what is due.

    Args:
        renew: Renews one grant; two calls at once are one renewal.
        subscribe: Tells which profiles changed.
        longest_wait: Seconds between two looks at the wall clock. The clock that timers run by
            stands still while a computer sleeps, and a clock may be set.
    """

    def __init__(
        self,
        *,
        profiles: ProfileService,
        renew: Renew,
        subscribe: Callable[[Subscriber], Unsubscribe],
        clock: Clock,
        backoff: Backoff,
        longest_wait: float = 60.0,
    ) -> None:
        self._profiles = profiles
        self._renew = renew
        self._subscribe = subscribe
        self._clock = clock
        self._retries = Retries(backoff=backoff, clock=clock)
        self._longest_wait = longest_wait
        self._woken = asyncio.Event()
        self._due: dict[str, float] = {}
        self._changed: set[str] = set()
        self._used_at: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Unsubscribe | None = None

    async def start(self) -> None:
        """Begin; the accounts can be read now."""
        await self.stop()
        self._changed = {profile.id for profile in self._profiles.all()}
        self._unsubscribe = self._subscribe(self._hear)
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; renewals that are under way go on, their new tokens must not be lost."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._task = self._unsubscribe = None
        self._due.clear()

    def used(self, profile_id: str) -> None:
        """Somebody took a token of this profile just now."""
        self._used_at[profile_id] = self._clock()
        self._look_at(profile_id)

    def _hear(self, event: str, data: Mapping[str, Any]) -> None:
        if event in _CHANGES:
            self._look_at(str(data["id"]))

    def _look_at(self, profile_id: str) -> None:
        self._changed.add(profile_id)
        self._woken.set()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_BREATH)
            self._woken.clear()
            try:
                await self._renew_due()
            except LockedError:
                return
            except Exception:  # noqa: BLE001
                # The next round tries again; an end of this task would end the upkeep.
                _log.exception("the upkeep of the grants failed")
            await self._sleep()

    async def _sleep(self) -> None:
        first = min(self._due.values(), default=float("inf"))
        wait = min(max(first - self._clock(), 0.0), self._longest_wait)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), wait)

    async def _renew_due(self) -> None:
        await self._look_at_changed()
        now = self._clock()
        due = [profile_id for profile_id, at in self._due.items() if at <= now]
        # A few at a time: after a long sleep all of them may be due.
        for start in range(0, len(due), _AT_ONCE):
            await asyncio.gather(*(self._keep_up(each) for each in due[start : start + _AT_ONCE]))

    async def _look_at_changed(self) -> None:
        changed, self._changed = tuple(self._changed), set()
        for start in range(0, len(changed), _BATCH):
            for profile_id in changed[start : start + _BATCH]:
                self._schedule(profile_id)
            await asyncio.sleep(0)

    async def _keep_up(self, profile_id: str) -> None:
        try:
            await self._renew(profile_id)
        except LockedError:
            raise
        except (NeedsSignInError, NotFoundError):
            self._retries.forget(profile_id)
        except AppError as error:
            asked = error.retry_after if isinstance(error, ProviderUnreachableError) else None
            wait = self._retries.failed(profile_id, asked=asked)
            _log.info("The grant of %s is tried again in %.0f s: %s", profile_id, wait, error.code)
        else:
            self._retries.forget(profile_id)
        self._schedule(profile_id)

    def _schedule(self, profile_id: str) -> None:
        """Write down when this grant is to be renewed next, if ever."""
        try:
            at = self._renews_at(self._profiles.get(profile_id))
        except NotFoundError:
            at = None
        if at is None:
            self._due.pop(profile_id, None)
        else:
            self._due[profile_id] = max(at, self._retries.not_before(profile_id))

    def _renews_at(self, profile: Profile) -> float | None:
        grant = profile.grant
        if grant is None or profile.status != "active" or not grant.refresh_token:
            return None
        times = [self._in_use_until(profile.id, grant)]
        if not is_session(grant) or self._was_used_today(profile.id, grant):
            times.append(ending_of(profile).renews_at)
        return min((at for at in times if at is not None), default=None)

    def _in_use_until(self, profile_id: str, grant: Grant) -> float | None:
        """Return when the next access token is to be there, if somebody uses this one."""
        end, used_at = grant.access_token_expires_at, self._used_at.get(profile_id)
        if end is None or used_at is None or used_at < grant.access_token_issued_at:
            return None
        if end <= self._clock():
            # Too late to be ahead of it: the next one who asks gets it renewed.
            return None
        life = end - grant.access_token_issued_at
        return end - min(_LEAD_PART * life, _LONGEST_LEAD)

    def _was_used_today(self, profile_id: str, grant: Grant) -> bool:
        used_at = max(self._used_at.get(profile_id, 0.0), grant.granted_at or 0.0)
        return self._clock() - used_at < DAY
