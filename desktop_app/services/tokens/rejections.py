"""Tokens that a server refused although they should still be good."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable

from desktop_app.errors import AppError
from desktop_app.services.accounts import Profile
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService

_log = logging.getLogger(__name__)

_PAUSE_SECONDS = 600.0


class Rejections:
    """Renews a grant once when its token is said to be refused.

    Args:
        refresh: Renews a grant; where that can't be, finds out whether it is over.
    """

    def __init__(
        self,
        *,
        profiles: ProfileService,
        refresh: Callable[[str], Awaitable[Profile]],
        clock: Clock,
    ) -> None:
        self._profiles = profiles
        self._refresh = refresh
        self._clock = clock
        self._renewed: dict[str, tuple[bytes, float]] = {}

    async def reject(self, profile_id: str, access_token: str) -> None:
        """Renew the grant if *access_token* is the one it holds.

        An older one was replaced already. One that came of such a renewal is left alone for ten
        minutes: a server that refuses everybody must not make us ask the provider for ever.

        Raises:
            NotFoundError: If there is no such profile.
        """
        profile = self._profiles.get(profile_id)
        refused = _digest(access_token)
        if not _holds(profile, refused) or self._is_tried(profile_id, refused):
            return
        try:
            renewed = await self._refresh(profile_id)
        except AppError as error:
            # The next one who asks for a token is told.
            _log.info("A refused token was not renewed: %s", error.code)
            return
        if renewed.grant is not None:
            self._renewed[profile_id] = _digest(renewed.grant.access_token), self._clock()

    def _is_tried(self, profile_id: str, refused: bytes) -> bool:
        token, at = self._renewed.get(profile_id, (b"", 0.0))
        return token == refused and 0 <= self._clock() - at < _PAUSE_SECONDS


def _holds(profile: Profile, refused: bytes) -> bool:
    grant = profile.grant
    if grant is None or profile.status != "active":
        return False
    return hmac.compare_digest(_digest(grant.access_token), refused)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
