"""A limit on wrong passwords."""

from __future__ import annotations

from collections import deque

from desktop_app.demo.ports import Clock


class Attempts:
    """Counts failures in a sliding window; it counts for everybody, as all callers are local."""

    def __init__(self, *, clock: Clock, limit: int = 5, seconds: float = 60.0) -> None:
        self._clock = clock
        self._limit = limit
        self._seconds = seconds
        self._failures: deque[float] = deque()

    def wait(self) -> int:
        """Return the seconds until the next attempt is looked at; 0 if it is now."""
        now = self._clock()
        while self._failures and self._failures[0] <= now - self._seconds:
            self._failures.popleft()
        if len(self._failures) < self._limit:
            return 0
        return int(self._failures[0] + self._seconds - now) + 1

    def failed(self) -> None:
        """Count one failure."""
        self._failures.append(self._clock())

    def succeeded(self) -> None:
        """Forget the failures so far."""
        self._failures.clear()
