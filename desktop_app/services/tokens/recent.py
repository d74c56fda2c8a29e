"""What happened a moment ago."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from desktop_app.services.ports import Clock

_MOST: Final = 4_096


class Recently:
    """Remembers for some seconds that something happened; in memory alone.

    Args:
        seconds: How long.
    """

    def __init__(self, clock: Clock, *, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._noted: dict[Hashable, float] = {}

    def note(self, key: Hashable) -> None:
        """Remember that it happened now; beyond some thousand the oldest goes."""
        self._noted.pop(key, None)
        self._noted[key] = self._clock()
        if len(self._noted) > _MOST:
            del self._noted[next(iter(self._noted))]

    def has(self, key: Hashable) -> bool:
        """Tell whether it happened a moment ago."""
        at = self._noted.get(key)
        return at is not None and 0 <= self._clock() - at < self._seconds

    def first(self, key: Hashable) -> bool:
        """Tell whether it happens for the first time in a while, and remember it."""
        if self.has(key):
            return False
        self.note(key)
        return True

    def take(self, key: Hashable) -> bool:
        """Tell whether it happened a moment ago, and forget it."""
        happened = self.has(key)
        self._noted.pop(key, None)
        return happened

    def forget(self) -> None:
        """Forget everything."""
        self._noted.clear()
