"""The token that somebody gets: the newest one of a grant, or one that allows less."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from desktop_app.errors import AppError, NotFoundError
from desktop_app.services.accounts import Grant, LentToken, Profile
from desktop_app.services.errors import NeedsSignInError, NotSupportedError
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.ended_grants import EndedGrants
from desktop_app.services.tokens.grant_validity import active_grant, check_scopes, is_fresh, is_over
from desktop_app.services.tokens.less import wanted_less
from desktop_app.services.tokens.narrowing import Narrowing
from desktop_app.services.tokens.renewals import Renewals

_log = logging.getLogger(__name__)


class LentTokens:
    """Gives access tokens out, renewed if need be, for no more than was asked if that can be had.

    Args:
        used: Told the id of a profile each time that somebody gets one of its tokens.
    """

    def __init__(
        self,
        *,
        profiles: ProfileService,
        renewals: Renewals,
        narrowing: Narrowing,
        ended: EndedGrants,
        clock: Clock,
        used: Callable[[str], None],
    ) -> None:
        self._profiles = profiles
        self._renewals = renewals
        self._narrowing = narrowing
        self._ended = ended
        self._clock = clock
        self._used = used

    async def token(
        self, profile_id: str, scopes: Sequence[str], min_valid_seconds: float, resource: str | None
    ) -> LentToken:
        """Return a token; see `TokenService.access_token`."""
        grant = active_grant(self._profiles.get(profile_id))
        if grant.signature_method:
            # Half of a pair: of no use without the secret, which stays here.
            raise NotSupportedError(what="this account signs requests, so ask for a signature")
        check_scopes(grant, scopes)
        newest = partial(self._newest, profile_id, min_valid_seconds)
        less = wanted_less(grant, scopes, resource)
        token = None
        if less is not None:
            token = await self._narrowing.token(profile_id, grant, less, newest, min_valid_seconds)
        if token is None:
            token = _whole(await newest(), wider=less is not None)
        self._used(profile_id)
        return token

    def can_narrow(self, profile: Profile) -> bool:
        """Tell whether tokens of *profile* are known to be had for fewer scopes."""
        return profile.grant is not None and self._narrowing.is_possible(profile.grant)

    def reject(self, profile_id: str, access_token: str) -> None:
        """Give *access_token* to nobody any more, if it allows less than its grant."""
        self._narrowing.reject(profile_id, access_token)

    def forget(self, profile_id: str) -> None:
        """Forget what was made for less of a profile's grant: that is over."""
        self._narrowing.forget(profile_id)

    def clear(self) -> None:
        """Forget all that was made for less: the vault is about to be locked."""
        self._narrowing.clear()

    async def _newest(self, profile_id: str, min_valid_seconds: float) -> Grant:
        """Return the grant with a token that stays good that long, renewed if need be."""
        profile = self._profiles.get(profile_id)
        grant = active_grant(profile)
        if is_fresh(grant, min_valid_seconds, self._clock()):
            return grant
        return await self._renewed(profile, grant)

    async def _renewed(self, profile: Profile, grant: Grant) -> Grant:
        """Return the grant renewed; or as it is, if that fails and its token is still good."""
        if not grant.refresh_token:
            if is_over(grant, self._clock()):
                await self._ended.mark(profile.id, grant)
                raise NeedsSignInError
            return grant
        try:
            return active_grant(await self._renewals.renew(profile.id))
        except (NeedsSignInError, NotFoundError):
            raise
        except AppError as error:
            if is_over(grant, self._clock()):
                raise
            _log.info("A token is given that is not renewed: %s", error.code)
            return grant


def _whole(grant: Grant, *, wider: bool) -> LentToken:
    return LentToken(
        access_token=grant.access_token,
        token_type=grant.token_type,
        expires_at=grant.access_token_expires_at,
        scopes=grant.scopes_granted,
        wider=wider,
    )
