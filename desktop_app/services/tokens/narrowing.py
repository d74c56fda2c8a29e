"""Tokens for less than a grant allows, where the provider gives such; kept apart from the grant.

They are in memory alone: a new one costs one request, and nothing that was lent outlives a lock.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, Literal, TypeVar
from weakref import WeakValueDictionary

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
from desktop_app.services.tokens.grant_validity import active_grant
from desktop_app.services.tokens.less import Less, is_for_everything, is_narrowed
from desktop_app.services.tokens.narrowed_tokens import Key, NarrowedTokens
from desktop_app.services.tokens.proofs import Prover
from desktop_app.services.tokens.renewals import Renewals

_log = logging.getLogger(__name__)

# After so many seconds a provider that refused may have learnt it.
_REFUSAL_HOLDS: Final = 24 * 3600.0
_SUBJECT_TOKEN: Final = frozenset({"invalid_request", "invalid_grant", "invalid_token"})
_TROUBLE: Final = frozenset({"server_error", "temporarily_unavailable"})

Way = Literal["exchange", "refresh"]
Newest = Callable[[], Awaitable[Grant]]
"""Returns the grant with an access token that is still good."""

T = TypeVar("T")
_Client = tuple[str, str]


class _NotRenewedError(Exception):
    """The grant's own token could not be renewed, which says nothing of an exchange."""

    def __init__(self, error: AppError) -> None:
        super().__init__(error.code)
        self.error = error


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
        self._kept = NarrowedTokens(clock=clock)
        # Gone with the last who waits: there may be any number of wishes.
        self._turns: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
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
        async with self._turns.setdefault(key, asyncio.Lock()):
            kept = self._kept.find(key, min_valid_seconds)
            if kept is not None:
                return kept
            try:
                return await self._fresh(key, grant, newest)
            except AppError:
                kept = self._kept.find(key, 0)
                if kept is None:
                    raise
                return kept

    def forget(self, profile_id: str) -> None:
        """Forget the tokens of a profile: they are over."""
        self._kept.forget(profile_id)

    def reject(self, profile_id: str, access_token: str) -> None:
        """Give *access_token* to nobody any more, and a new one once: a server refused it."""
        self._kept.reject(profile_id, access_token)

    def clear(self) -> None:
        """Forget every token: the vault is about to be locked."""
        self._kept.clear()

    async def _fresh(self, key: Key, grant: Grant, newest: Newest) -> LentToken | None:
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
            except _NotRenewedError as failed:
                raise failed.error from failed
            except (TokenErrorResponse, TokenResponseError) as error:
                if _is_everybody_s(error, way, key[2]):
                    raise
                if not self._passes(error, grant, way):
                    self._refuse(grant, way, error.code)
                continue
            if tokens is not None:
                await self._learn(key, grant, way)
                return self._keep(key, grant, tokens)
            self._refuse(grant, way, "it does not say that its token allows less")
        return None

    async def _asked(
        self, way: Way, key: Key, grant: Grant, newest: Newest
    ) -> TokenResponse | None:
        profile_id, _, less = key
        if way == "exchange":
            return await self._exchanged(profile_id, await _renewed(newest()), less)
        tokens = await self._renewals.narrowed(profile_id, less)
        if is_narrowed(grant, tokens, less):
            return tokens
        if not is_for_everything(grant, tokens, less):
            # Nobody knows what the newest token allows now, and some providers end older ones.
            await self._renewals.renew(profile_id)
        return None

    async def _exchanged(self, profile_id: str, grant: Grant, less: Less) -> TokenResponse:
        try:
            return await exchanged_token(self._prover, grant, less)
        except TokenErrorResponse as error:
            about_token = error.fields["error"] in _SUBJECT_TOKEN and grant.refresh_token
            # Some providers say the same of a client that may not exchange at all.
            if not about_token or not self._is_known(grant, "exchange"):
                raise
        # The grant's own token may be over before its time (RFC 8693 section 2.2.2).
        renewed = await _renewed(self._renewals.renew(profile_id))
        return await exchanged_token(self._prover, active_grant(renewed), less)

    def _keep(self, key: Key, grant: Grant, tokens: TokenResponse) -> LentToken:
        now, less = self._clock(), key[2]
        token = LentToken(
            access_token=tokens.access_token,
            token_type=tokens.token_type,
            expires_at=None if tokens.expires_in is None else now + tokens.expires_in,
            scopes=tokens.scope or less.scopes or grant.scopes_granted,
        )
        self._kept.keep(key, token)
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

    async def _learn(self, key: Key, grant: Grant, way: Way) -> None:
        """Remember that the provider heeds such wishes; a refresh wrote that down itself."""
        if key[2].scopes:
            self._heeding.add((_client(grant), way))
            if way == "exchange" and not grant.exchange_narrows:
                await self._write_down(key)

    async def _write_down(self, key: Key) -> None:
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

    def _passes(self, error: AppError, grant: Grant, way: Way) -> bool:
        """Tell whether *error* is a moment's, or about one token, and none about the way itself."""
        code = error.fields.get("error")
        about_token = code in _SUBJECT_TOKEN and not grant.refresh_token
        return code in _TROUBLE or (about_token and self._is_known(grant, way))

    def _refuse(self, grant: Grant, way: Way, why: str) -> None:
        _log.info("%s gives no token for less by %s: %s", grant.issuer, way, why)
        self._refused[_client(grant), way] = self._clock()


async def _renewed(renewing: Awaitable[T]) -> T:
    try:
        return await renewing
    except (TokenErrorResponse, TokenResponseError) as error:
        raise _NotRenewedError(error) from error


def _client(grant: Grant) -> _Client:
    return grant.token_endpoint, grant.client_id


def _is_everybody_s(error: TokenErrorResponse | TokenResponseError, way: Way, less: Less) -> bool:
    """Tell whether *error* would meet a wish for everything as well."""
    if isinstance(error, InvalidTargetError):
        return less.resource is not None
    return way == "refresh" and isinstance(error, InvalidClientError)
