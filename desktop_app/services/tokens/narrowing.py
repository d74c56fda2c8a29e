"""Tokens for less than a grant allows, where the provider gives such; kept apart from the grant.

They are in memory alone: a new one costs one request, and nothing that was lent outlives a lock.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from desktop_app.errors import AppError
from desktop_app.oauth.errors import (
    InvalidClientError,
    TokenErrorResponse,
    TokenResponseError,
)
from desktop_app.oauth.flow_errors import InvalidTargetError
from desktop_app.oauth.token import TokenResponse
from desktop_app.services.accounts import Grant, LentToken, Profile
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.exchanged_tokens import exchanged_token
from desktop_app.services.tokens.grant_validity import stays_good
from desktop_app.services.tokens.less import Less, is_for_everything, is_narrowed
from desktop_app.services.tokens.proofs import Prover
from desktop_app.services.tokens.renewals import Renewals

_log = logging.getLogger(__name__)

# After so many seconds a provider that refused may have learnt it.
_REFUSAL_HOLDS: Final = 24 * 3600.0
_REJECTION_HOLDS: Final = 600.0

Way = Literal["exchange", "refresh"]
Newest = Callable[[], Awaitable[Grant]]
"""Returns the grant with an access token that is still good."""

_Client = tuple[str, str]
_Key = tuple[str, float | None, Less]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    token: LentToken = field(repr=False)
    issued_at: float


class Narrowing:
    """Gets tokens for less: by token exchange (RFC 8693), else by a refresh (RFC 6749 section 6).

    A provider that doesn't narrow is not asked again for a day.
    """

    def __init__(
        self, *, profiles: ProfileService, renewals: Renewals, prover: Prover, clock: Clock
    ) -> None:
        self._profiles = profiles
        self._renewals = renewals
        self._prover = prover
        self._clock = clock
        self._kept: dict[_Key, _Kept] = {}
        self._turns: defaultdict[_Key, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._rejected: dict[_Key, float] = {}
        self._refused: dict[tuple[_Client, Way], float] = {}
        self._heeding: set[tuple[_Client, Way]] = set()

    def is_possible(self, grant: Grant) -> bool:
        """Tell whether tokens of *grant* are known to be had for less.

        That a provider offers token exchange does not say that it lets this client do it.
        """
        return any(self._is_known(grant, way) for way in self._ways(grant))

    async def token(
        self, profile_id: str, grant: Grant, less: Less, newest: Newest, min_valid_seconds: float
    ) -> LentToken | None:
        """Return a token for *less* than *grant* allows; None if the provider gives no such.

        Raises:
            NeedsSignInError: If the provider has ended the grant.
            InvalidTargetError: If it gives no token for that resource.
            ProviderUnreachableError: If it is away, is known to give such tokens, and none is
                there that is still good.
            OAuthError: If its answer can't be used.
        """
        key = profile_id, grant.granted_at, less
        async with self._turns[key]:
            kept = self._kept.get(key)
            if kept is not None and self._is_good(kept, min_valid_seconds):
                return kept.token
            try:
                return await self._fresh(key, grant, newest)
            except AppError:
                if kept is None or not self._is_good(kept, 0):
                    raise
                return kept.token

    def forget(self, profile_id: str) -> None:
        """Forget the tokens of a profile: they are over."""
        for key in [key for key in self._kept if key[0] == profile_id]:
            del self._kept[key]

    def reject(self, profile_id: str, access_token: str) -> None:
        """Give *access_token* to nobody any more: a server refused it.

        One that came after such a refusal is kept for ten minutes: a server that refuses
        everybody must not make us ask the provider for ever.
        """
        for key, kept in tuple(self._kept.items()):
            mine = hmac.compare_digest(kept.token.access_token.encode(), access_token.encode())
            if key[0] == profile_id and mine and not self._was_rejected(key):
                self._rejected[key] = self._clock()
                del self._kept[key]

    def clear(self) -> None:
        """Forget every token: the vault is about to be locked."""
        self._kept.clear()

    def _was_rejected(self, key: _Key) -> bool:
        at = self._rejected.get(key)
        return at is not None and 0 <= self._clock() - at < _REJECTION_HOLDS

    def _is_good(self, kept: _Kept, min_valid_seconds: float) -> bool:
        end = kept.token.expires_at
        return stays_good(kept.issued_at, end, min_valid_seconds, self._clock())

    async def _fresh(self, key: _Key, grant: Grant, newest: Newest) -> LentToken | None:
        ways = self._ways(grant)
        for way in ways:
            try:
                tokens = await self._asked(way, key, grant, newest)
            except ProviderUnreachableError:
                # Only the exchange may be broken: then the last way works. One that was never
                # seen to narrow gets the benefit of the doubt that it can't.
                if way == ways[-1] and any(self._is_known(grant, each) for each in ways):
                    raise
                continue
            except (TokenErrorResponse, TokenResponseError) as error:
                if _is_everybody_s(error, way, key[2]):
                    raise
                self._refuse(grant, way, error.code)
                continue
            if tokens is not None:
                await self._learn(key, grant, way)
                return self._keep(key, grant, tokens)
            self._refuse(grant, way, "it does not say that its token allows less")
        return None

    async def _asked(
        self, way: Way, key: _Key, grant: Grant, newest: Newest
    ) -> TokenResponse | None:
        profile_id, _, less = key
        if way == "exchange":
            return await exchanged_token(self._prover, await newest(), less)
        tokens = await self._renewals.narrowed(profile_id, less)
        if is_narrowed(grant, tokens, less):
            return tokens
        if not is_for_everything(grant, tokens, less):
            # Nobody knows what the newest token allows now, and some providers end older ones.
            await self._renewals.renew(profile_id)
        return None

    def _keep(self, key: _Key, grant: Grant, tokens: TokenResponse) -> LentToken:
        now, less = self._clock(), key[2]
        token = LentToken(
            access_token=tokens.access_token,
            token_type=tokens.token_type,
            expires_at=None if tokens.expires_in is None else now + tokens.expires_in,
            scopes=tokens.scope or less.scopes or grant.scopes_granted,
        )
        self._kept[key] = _Kept(token=token, issued_at=now)
        return token

    def _ways(self, grant: Grant) -> list[Way]:
        ways: list[Way] = []
        if grant.exchanges_tokens:
            ways.append("exchange")
        if grant.refresh_token:
            ways.append("refresh")
        return [way for way in ways if not self._is_refused(grant, way)]

    def _is_known(self, grant: Grant, way: Way) -> bool:
        seen = grant.exchange_narrows if way == "exchange" else grant.narrows
        return seen or (_client(grant), way) in self._heeding

    async def _learn(self, key: _Key, grant: Grant, way: Way) -> None:
        """Remember that the provider heeds such wishes; a refresh wrote that down itself."""
        if key[2].scopes:
            self._heeding.add((_client(grant), way))
            if way == "exchange" and not grant.exchange_narrows:
                await self._write_down(key)

    async def _write_down(self, key: _Key) -> None:
        def change(profile: Profile) -> Profile:
            grant = profile.grant
            if grant is None or grant.granted_at != key[1]:
                return profile
            return replace(profile, grant=replace(grant, exchange_narrows=True))

        try:
            await self._profiles.update(key[0], change)
        except AppError as error:
            # The token is there all the same; the next one writes it down.
            _log.info("What an exchange showed is not kept: %s", error.code)

    def _is_refused(self, grant: Grant, way: Way) -> bool:
        at = self._refused.get((_client(grant), way))
        return at is not None and 0 <= self._clock() - at < _REFUSAL_HOLDS

    def _refuse(self, grant: Grant, way: Way, why: str) -> None:
        _log.info("%s gives no token for less by %s: %s", grant.issuer, way, why)
        self._refused[_client(grant), way] = self._clock()


def _client(grant: Grant) -> _Client:
    return grant.token_endpoint, grant.client_id


def _is_everybody_s(error: TokenErrorResponse | TokenResponseError, way: Way, less: Less) -> bool:
    """Tell whether *error* would meet a wish for everything as well."""
    if isinstance(error, InvalidTargetError):
        return less.resource is not None
    return way == "refresh" and isinstance(error, InvalidClientError)
