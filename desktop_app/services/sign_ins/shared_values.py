"""Values that are fetched once for everybody who waits, and kept for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from desktop_app.services.ports import Clock

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_MOST = 256
"""More keys than any person has; the oldest goes first."""


class SharedValues(Generic[Key, Value]):
    """A cache whose loads are shared: two that ask at once cause one request."""

    def __init__(self, *, lifetime: float, clock: Clock) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self._kept: dict[Key, tuple[float, Value]] = {}
        self._flights: dict[Key, asyncio.Task[Value]] = {}

    async def get(
        self, key: Key, load: Callable[[], Awaitable[Value]], *, fresh: bool = False
    ) -> Value:
        """Return the value of *key*, loading it if it is not there, too old or *fresh* is asked.

        A failed load is not kept. One that gives up waiting does not stop the load for others.
        """
        if not fresh and self._is_kept(key):
            return self._kept[key][1]
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.ensure_future(self._load(key, load))
            self._flights[key] = flight
            flight.add_done_callback(_retrieve)
        return await asyncio.shield(flight)

    def forget(self) -> None:
        """Drop everything that is kept."""
        self._kept.clear()

    def _is_kept(self, key: Key) -> bool:
        """A clock that was set back makes a value's age negative: then it counts as old."""
        kept = self._kept.get(key)
        return kept is not None and 0 <= self._clock() - kept[0] < self._lifetime

    async def _load(self, key: Key, load: Callable[[], Awaitable[Value]]) -> Value:
        try:
            value = await load()
        finally:
            del self._flights[key]
        self._kept.pop(key, None)
        self._kept[key] = (self._clock(), value)
        if len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]
        return value


def _retrieve(flight: asyncio.Task[Value]) -> None:
    """Everybody may have stopped waiting; asyncio would then report the error as lost."""
    if not flight.cancelled():
        flight.exception()
