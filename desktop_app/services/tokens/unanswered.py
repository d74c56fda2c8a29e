"""Refresh tokens that were sent, and whose answer may never come.

A provider that rotates takes the old refresh token as used up once it has answered, and many
end the whole grant when they see that one again. A crash, a power cut or a lost connection
between the sending and the keeping of the answer leaves nobody knowing which it is. So the
sending is written down before it happens, and an unanswered one is treated with care:

- for some minutes it is simply sent again, because the request may never have arrived, and
  because providers that know of lost answers take the old token for a while;
- later that is more likely to end the grant than to save it, so the access token is used to its
  end first;
- the person is told why, should the provider end the grant.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from desktop_app.errors import AppError
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import (
    ProviderUnreachableError,
    RenewalUnansweredError,
    ResponseTooLargeError,
)
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.grant_validity import same_grant

_log = logging.getLogger(__name__)

# The longest that well-known providers take an old one is ten minutes; most that do, one.
_TAKEN_AGAIN: Final = 600.0


class Unanswered:
    """Writes down that a refresh token is about to be sent, until its answer is kept."""

    def __init__(self, *, profiles: ProfileService, clock: Clock) -> None:
        self._profiles = profiles
        self._clock = clock

    @asynccontextmanager
    async def noting(self, profile_id: str, grant: Grant) -> AsyncIterator[bool]:
        """Let the refresh token of *grant* be sent inside; it is written down before.

        Whoever keeps the answer takes the note away with it. It is also taken away if what is
        raised inside shows that there was an answer, or that nothing was sent.

        Returns:
            False if there is no need: such a token was seen to stay as it is.

        Raises:
            AppError: If it can't be written down; then nothing may be sent.
        """
        if grant.keeps_refresh_token:
            yield False
            return
        since = self._clock() if grant.refresh_sent_at is None else grant.refresh_sent_at
        await self._write(profile_id, grant, since)
        try:
            yield True
        except AppError as error:
            if _is_answered(error):
                await self._take_back(profile_id, grant)
            raise

    async def _write(self, profile_id: str, grant: Grant, sent_at: float | None) -> None:
        def change(profile: Profile) -> Profile:
            kept = profile.grant
            if kept is None or not same_grant(kept, grant) or kept.refresh_sent_at == sent_at:
                return profile
            return replace(profile, grant=replace(kept, refresh_sent_at=sent_at))

        await self._profiles.update(profile_id, change, quietly=True)

    async def _take_back(self, profile_id: str, grant: Grant) -> None:
        try:
            await self._write(profile_id, grant, grant.refresh_sent_at)
        except AppError as error:
            # It makes us more careful than need be, which the next answer ends.
            _log.info("That a refresh token is unused can't be kept: %s", error.code)


def check_answered(grant: Grant | None, now: float) -> None:
    """Return if the refresh token of *grant* may be sent at *now*.

    Raises:
        RenewalUnansweredError: If it was sent before without an answer, and sending it again
            may end an access token that is still good; ``retry_after`` says how long.
    """
    if grant is None or grant.refresh_sent_at is None:
        return
    end, last = grant.access_token_expires_at, grant.refresh_token_expires_at
    # Where the clock was set back since, nobody knows when the end is.
    if now < max(grant.refresh_sent_at, grant.access_token_issued_at):
        return
    if now - grant.refresh_sent_at < _TAKEN_AGAIN or end is None or end <= now:
        return
    # Waiting would be no use if the refresh token ends first.
    if last is None or last > end:
        raise RenewalUnansweredError("the last renewal was not answered", retry_after=end - now)


def _is_answered(error: AppError) -> bool:
    """Tell whether *error* leaves no doubt what became of the refresh token.

    An answer that can't be used is one all the same.
    """
    if isinstance(error, ProviderUnreachableError):
        return error.untouched
    return not isinstance(error, ResponseTooLargeError)
