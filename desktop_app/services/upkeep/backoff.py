"""How long to wait before asking again who did not answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_app.services.ports import Clock, RandomBytes

_MOST_DOUBLINGS: Final = 32
_RANDOM_BYTES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Waits that double with every failure, up to a limit, each somewhere in its upper half.

    Without the randomness every Coatcheck would come back to a provider at the same moment.

    Attributes:
        random: Where the randomness comes from.
        first: Seconds after the first failure.
        longest: Seconds that are never exceeded, unless the provider itself asks for more.
        most_asked: Seconds that a provider may ask for.
    """

    random: RandomBytes
    first: float = 30.0
    longest: float = 3600.0
    most_asked: float = 24 * 3600.0

    def wait(self, failures: int, *, asked: float | None = None) -> float:
        """Return the seconds to wait after *failures* in a row; *asked* is ``Retry-After``."""
        doubled = self.first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS)
        chosen = min(doubled, self.longest) * (1 + self._part()) / 2
        return max(chosen, min(asked or 0.0, self.most_asked))

    def _part(self) -> float:
        number = int.from_bytes(self.random(_RANDOM_BYTES), "big")
        return number / float(1 << (8 * _RANDOM_BYTES))


class Retries:
    """Who failed how often, and when each may be tried again."""

    def __init__(self, *, backoff: Backoff, clock: Clock) -> None:
        self._backoff = backoff
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._waits: dict[str, tuple[float, float]] = {}

    def failed(self, name: str, *, asked: float | None = None) -> float:
        """Count a failure and return the seconds until the next try."""
        self._failures[name] = self._failures.get(name, 0) + 1
        now, wait = self._clock(), self._backoff.wait(self._failures[name], asked=asked)
        self._waits[name] = now, now + wait
        return wait

    def forget(self, name: str) -> None:
        """It succeeded, or will never be tried again."""
        self._failures.pop(name, None)
        self._waits.pop(name, None)

    def not_before(self, name: str) -> float:
        """Return when *name* may be tried again; 0 if at any time."""
        failed_at, until = self._waits.get(name, (0.0, 0.0))
        # A clock that was set back must not put the next try off for years.
        return until if failed_at <= self._clock() else 0.0
