"""How long nobody has been here, by the wall clock."""

from __future__ import annotations

from collections.abc import Callable

from desktop_app.services.ports import Clock


class Idleness:
    """Says when it is time to lock.

    The wall clock, because the monotonic one stands still while a computer sleeps.

    Args:
        minutes: The person's setting, asked each time; 0 means never.
    """

    def __init__(self, clock: Clock, minutes: Callable[[], float]) -> None:
        self._clock = clock
        self._minutes = minutes
        self._last = clock()

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        minutes = self._minutes()
        return minutes > 0 and self._idle() >= 60 * minutes

    def touch(self) -> None:
        """Somebody is here."""
        self._last = self._clock()

    def _idle(self) -> float:
        now = self._clock()
        # A clock that was set back starts the time anew; it must not stop the lock for years.
        self._last = min(self._last, now)
        return now - self._last
