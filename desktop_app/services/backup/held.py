"""One thing that is kept in memory for some minutes, under an id that can't be guessed."""

from __future__ import annotations

import asyncio
import base64
from typing import Final, Generic, TypeVar

from desktop_app.services.backup.backup_errors import BackupGoneError
from desktop_app.services.ports import Clock, RandomBytes

_T = TypeVar("_T")

SECONDS: Final = 600.0
_ID_BYTES: Final = 15


class Held(Generic[_T]):
    """Keeps the newest thing alone: it may be large, and secrets are in it.

    Args:
        seconds: How long. The clock says so, which also runs while the computer sleeps; a timer
            forgets it where nobody asks again.
    """

    def __init__(self, *, clock: Clock, random: RandomBytes, seconds: float = SECONDS) -> None:
        self._clock = clock
        self._random = random
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self._id = ""
        self._until = 0.0
        self._thing: _T | None = None

    def keep(self, thing: _T) -> tuple[str, float]:
        """Keep *thing* in the place of what was kept; return its id, and until when."""
        self.forget()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self.forget)
        self._id = base64.urlsafe_b64encode(self._random(_ID_BYTES)).decode("ascii")
        self._until = self._clock() + self._seconds
        self._thing = thing
        return self._id, self._until

    def get(self, held_id: str) -> _T:
        """Return what is kept under *held_id*.

        Raises:
            BackupGoneError: Nothing is, or not any more.
        """
        if self._clock() >= self._until:
            self.forget()
        if self._thing is None or held_id != self._id:
            raise BackupGoneError
        return self._thing

    def forget(self) -> None:
        """Keep nothing."""
        self._thing = None
        if self._timer is not None:
            self._timer.cancel()
