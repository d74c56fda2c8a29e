"""Timestamps and nonces: a signed request is good once, and only for minutes."""

from __future__ import annotations

from desktop_app.demo.ports import Clock

_WINDOW = 300
"""Seconds by which the client's clock may be off."""
_MAX_REMEMBERED = 20_000


class Nonces:
    """The requests of the last minutes, in memory.

    What was signed before the service started is refused, because nobody remembers whether it
    was used already.

    Source: RFC 5849 section 3.3.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._since = int(clock())
        self._seen: dict[tuple[str, ...], int] = {}

    def take(self, timestamp: str, nonce: str, *, client: str, token: str) -> bool:
        """Use up a nonce and return True; False if it was used, or the time is not now."""
        at = int(timestamp)
        if at < self._since or abs(self._clock() - at) > _WINDOW:
            return False
        self._prune()
        key = (timestamp, nonce, client, token)
        # Refusing a flood is safer than forgetting, which would let an old request in again.
        if key in self._seen or len(self._seen) >= _MAX_REMEMBERED:
            return False
        self._seen[key] = at
        return True

    def _prune(self) -> None:
        oldest = self._clock() - _WINDOW
        self._seen = {key: at for key, at in self._seen.items() if at >= oldest}
