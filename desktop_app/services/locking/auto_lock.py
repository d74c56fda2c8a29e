"""Locking by itself when nobody has been here for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from desktop_app.services.locking.idleness import Idleness
from desktop_app.services.ports import AsyncCallback

_logger = logging.getLogger(__name__)


class AutoLock:
    """Looks at the clock every *tick* seconds, and locks what is unlocked when it is time.

    Args:
        idleness: Says when it is time.
        is_locked: Whether there is nothing to lock.
        lock: Locks.
        tick: Seconds between two looks.
    """

    def __init__(
        self,
        idleness: Idleness,
        *,
        is_locked: Callable[[], bool],
        lock: AsyncCallback,
        tick: float,
    ) -> None:
        self._idleness = idleness
        self._is_locked = is_locked
        self._lock = lock
        self._tick = tick
        self._watch: asyncio.Task[None] | None = None

    @property
    def due(self) -> bool:
        """Whether it is time: the computer may have slept since the last look."""
        return not self._is_locked() and self._idleness.over

    def start(self) -> None:
        """Begin to look, unless that has begun already."""
        if self._watch is None:
            self._watch = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Look no more."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._tick)
            if self.due:
                await self._lock_now()

    async def _lock_now(self) -> None:
        try:
            await self._lock()
        except Exception:
            # The next tick tries again; an end of this task would end the auto-lock.
            _logger.exception("the auto-lock failed")
