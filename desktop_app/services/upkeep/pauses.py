"""Providers that asked to be left alone for a while."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.ports import Clock

# Whatever a provider asks for, the person's own wish is tried again after this many seconds.
_LONGEST: Final = 3600.0


class Pauses:
    """Keeps requests from endpoints that answered with ``Retry-After``, until then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: dict[str, tuple[float, float]] = {}

    def check(self, endpoint: str) -> None:
        """Return if *endpoint* may be asked now.

        Raises:
            ProviderUnreachableError: If it asked to be left alone; ``retry_after`` says how long.
        """
        began, until = self._asked.get(endpoint, (0.0, 0.0))
        now = self._clock()
        # A clock that was set back must not make the pause longer than it was meant.
        if not began <= now < until:
            self._asked.pop(endpoint, None)
            return
        host = urlsplit(endpoint).hostname or "The provider"
        raise ProviderUnreachableError(
            "it asks to wait a while", host=host, retry_after=until - now, untouched=True
        )

    def note(self, endpoint: str, seconds: float | None) -> None:
        """Remember that *endpoint* asked for *seconds* of rest; None and 0 ask for nothing."""
        if seconds:
            now = self._clock()
            self._asked[endpoint] = now, now + min(seconds, _LONGEST)
