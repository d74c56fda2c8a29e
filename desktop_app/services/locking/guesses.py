"""Slowing down whoever guesses passphrases."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from desktop_app.services.locking.lock_errors import TooManyGuessesError, WrongPassphraseError
from desktop_app.services.ports import Clock

_FREE = 3
_LONGEST = 300.0


class Guesses:
    """Counts wrong passphrases; after three, each makes the next wait twice as long.

    The wait is at most five minutes. It is kept in memory alone: what holds against somebody
    who has the file is Argon2id, not this.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong = 0
        self._last = 0.0

    def check(self) -> None:
        """Return if a guess may be made now.

        Raises:
            TooManyGuessesError: Not yet; its ``seconds`` say how long it takes.
        """
        left = self._wait() - self._passed()
        if left > 0:
            raise TooManyGuessesError(seconds=math.ceil(left))

    @contextmanager
    def one(self) -> Iterator[None]:
        """Let one guess be made inside the ``with`` block, and count how it ends.

        Raises:
            TooManyGuessesError: Not yet; its ``seconds`` say how long it takes.
        """
        self.check()
        try:
            yield
        except WrongPassphraseError:
            self._wrong += 1
            self._last = self._clock()
            raise
        self.forget()

    def forget(self) -> None:
        """Begin to count anew."""
        self._wrong = 0

    def _wait(self) -> float:
        over = self._wrong - _FREE
        # Bounded before the power is taken: 2.0 ** 1100 is an OverflowError.
        return 0.0 if over < 0 else min(2.0 ** min(over, 20), _LONGEST)

    def _passed(self) -> float:
        # A clock that was set back must not make the wait longer than it is.
        return max(0.0, self._clock() - self._last)
