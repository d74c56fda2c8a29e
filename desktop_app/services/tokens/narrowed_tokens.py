"""Tokens for less than a grant allows that are still good; in memory alone.

A new one costs one request, and nothing that was lent outlives a lock.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from desktop_app.services.accounts import LentToken
from desktop_app.services.ports import Clock
from desktop_app.services.tokens.grant_validity import stays_good
from desktop_app.services.tokens.less import Less
from desktop_app.services.tokens.recent import Recently

_REJECTION_HOLDS: Final = 600.0
# A program may ask for one place after the other; the oldest goes.
_MOST: Final = 1_000

Key: TypeAlias = tuple[str, float | None, Less]
"""A profile's id, when its grant was given, and what a token is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    token: LentToken = field(repr=False)
    issued_at: float


class NarrowedTokens:
    """Keeps the newest token for each wish."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[Key, _Kept] = {}
        self._rejected = Recently(clock, seconds=_REJECTION_HOLDS)

    def find(self, key: Key, min_valid_seconds: float) -> LentToken | None:
        """Return the token for *key* if it stays good for *min_valid_seconds*, or is all but new.

        With 0 seconds, any that is still good.
        """
        kept = self._kept.get(key)
        if kept is None:
            return None
        end, now = kept.token.expires_at, self._clock()
        is_good = stays_good(kept.issued_at, end, min_valid_seconds, now)
        return kept.token if is_good else None

    def keep(self, key: Key, token: LentToken) -> None:
        """Keep *token*, which was just made."""
        self._kept.pop(key, None)
        self._kept[key] = _Kept(token=token, issued_at=self._clock())
        if len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]

    def forget(self, profile_id: str) -> None:
        """Forget the tokens of a profile: they are over."""
        for key in [key for key in self._kept if key[0] == profile_id]:
            del self._kept[key]

    def reject(self, profile_id: str, access_token: str) -> None:
        """Give *access_token* to nobody any more: a server refused it.

        One that came after such a refusal is kept for ten minutes: a server that refuses
        everybody must not make us ask the provider for ever.
        """
        refused = access_token.encode()
        for key, kept in tuple(self._kept.items()):
            mine = hmac.compare_digest(kept.token.access_token.encode(), refused)
            if key[0] == profile_id and mine and self._rejected.first(key):
                del self._kept[key]

    def clear(self) -> None:
        """Forget every token: the vault is about to be locked."""
        self._kept.clear()
