"""Renewing grants: one refresh at a time for each, and durable before anyone gets the token.

A provider that rotates refresh tokens ends the whole grant when an old one is used again. So
two refreshes must never run at once, a caller that goes away must not stop one in the middle,
and a new refresh token must be on disk before the access token beside it is given out.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Protocol

from desktop_app.errors import AppError, NotFoundError
from desktop_app.oauth.errors import InvalidClientError, InvalidGrantError
from desktop_app.oauth.token import TokenResponse
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import NeedsSignInError
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.ended_grants import EndedGrants
from desktop_app.services.tokens.grant_validity import renewable_grant, same_grant
from desktop_app.services.tokens.grants import renewed_grant, with_refresh_token
from desktop_app.services.tokens.less import Less, is_for_everything, is_narrowed
from desktop_app.services.tokens.refreshes import Refreshes
from desktop_app.services.tokens.unanswered import Unanswered, check_answered

_log = logging.getLogger(__name__)


class OwnClients(Protocol):
    """The clients that Coatcheck registered for itself, by a provider's id and a client ID."""

    async def mended(self, provider_id: str, client_id: str, secret: str | None) -> bool:
        """Tell whether a client has another secret than the refused one, its grants included."""

    async def lost(self, provider_id: str, client_id: str) -> bool:
        """Note that a refused client is of no use; False if Coatcheck had not registered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """What a refresh gave, and the profile with what of it is kept."""

    profile: Profile
    tokens: TokenResponse = field(repr=False)


class Renewals:
    """Renews grants with their refresh tokens, sent only to the endpoint pinned in the grant."""

    def __init__(
        self,
        *,
        profiles: ProfileService,
        refreshes: Refreshes,
        ended: EndedGrants,
        clients: OwnClients,
        clock: Clock,
    ) -> None:
        self._profiles = profiles
        self._refreshes = refreshes
        self._ended = ended
        self._clients = clients
        self._clock = clock
        self._unanswered = Unanswered(profiles=profiles, clock=clock)
        self._running: dict[tuple[str, Less | None], asyncio.Task[Renewed]] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._unsaved: dict[str, tuple[Grant, Grant]] = {}

    async def renew(self, profile_id: str, *, anyway: bool = False) -> Profile:
        """Return the profile with a fresh access token; whoever asks meanwhile gets the same.

        Args:
            profile_id: Whose grant.
            anyway: Also where the answer to the last renewal got lost a while ago.

        Raises:
            NotFoundError: If there is no such profile.
            NeedsSignInError: If the provider has ended the grant, or it can't be renewed.
            RenewalUnansweredError: If the last one was not answered, and the token is still good.
            ProviderUnreachableError: If the provider does not answer.
            OAuthError: If it answers with something else than tokens, or with somebody else's.
        """
        if not anyway:
            self._check_answered(profile_id)
        return (await self._once(profile_id, None)).profile

    async def narrowed(self, profile_id: str, less: Less) -> TokenResponse:
        """Return the provider's answer to the wish for *less* than the grant allows.

        The refresh token in it is kept like any other; the access token only if it turns out
        to be for everything. Raises as ``renew`` does.

        Source: RFC 6749 section 6.
        """
        self._check_answered(profile_id)
        return (await self._once(profile_id, less)).tokens

    async def settled(self, profile_id: str) -> None:
        """Wait until no refresh of this grant is under way; how it ended does not matter."""
        tasks = {task for key, task in self._running.items() if key[0] == profile_id}
        if tasks:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Wait for the refreshes under way, so that no rotated token is lost at the end."""
        if self._running:
            await asyncio.wait(set(self._running.values()))

    async def _once(self, profile_id: str, less: Less | None) -> Renewed:
        key = profile_id, less
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._in_turn(profile_id, less))
            self._running[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        # Shielded: the answer of a rotating provider must be kept even if the asker goes away.
        return await asyncio.shield(task)

    async def _in_turn(self, profile_id: str, less: Less | None) -> Renewed:
        async with self._turns[profile_id]:
            await self._save_rescued(profile_id)
            old = renewable_grant(self._profiles.get(profile_id))
            async with self._unanswered.noting(profile_id, old) as noted:
                tokens = await self._tokens(profile_id, old, less)
            new = self._kept(old, tokens, less)
            if new == old and not noted:
                return Renewed(profile=self._profiles.get(profile_id), tokens=tokens)
            return Renewed(profile=await self._save(profile_id, old, new), tokens=tokens)

    def _check_answered(self, profile_id: str) -> None:
        # An answer that a full disk refused is here, and saved before anything is sent.
        if profile_id not in self._unsaved:
            check_answered(self._profiles.get(profile_id).grant, self._clock())

    async def _tokens(self, profile_id: str, old: Grant, less: Less | None) -> TokenResponse:
        try:
            return await self._asked(profile_id, old, less)
        except InvalidGrantError as error:
            await self._ended.mark(profile_id, old)
            raise NeedsSignInError(error.code) from error
        except InvalidClientError as error:
            # One that was entered by hand can be mended; one of ours is gone with its grants.
            if not await self._clients.lost(self._provider_of(profile_id), old.client_id):
                raise
            await self._ended.mark(profile_id, old)
            raise NeedsSignInError(error.code) from error

    async def _asked(self, profile_id: str, old: Grant, less: Less | None) -> TokenResponse:
        """Ask; once more if the client was refused because its secret is another one now."""
        try:
            return await self._refreshes.ask(old, less)
        except InvalidClientError:
            provider_id = self._provider_of(profile_id)
            if not await self._clients.mended(provider_id, old.client_id, old.client_secret):
                raise
        return await self._refreshes.ask(renewable_grant(self._profiles.get(profile_id)), less)

    def _provider_of(self, profile_id: str) -> str:
        return self._profiles.get(profile_id).provider

    def _kept(self, old: Grant, tokens: TokenResponse, less: Less | None) -> Grant:
        now = self._clock()
        if less is not None and not is_for_everything(old, tokens, less):
            heeded = bool(less.scopes) and is_narrowed(old, tokens, less)
            kept = with_refresh_token(old, tokens, now=now)
            return replace(kept, narrows=kept.narrows or heeded)
        return renewed_grant(old, tokens, now=now)

    async def _save(self, profile_id: str, old: Grant, new: Grant) -> Profile:
        def change(profile: Profile) -> Profile:
            # Somebody signed in again meanwhile: the newer grant stays.
            if not same_grant(profile.grant, old):
                return profile
            now = self._clock()
            grant = _with_secret_of(profile.grant, new)
            return replace(profile, grant=grant, status="active", updated_at=now, last_seen_at=now)

        self._unsaved[profile_id] = old, new
        try:
            profile = await self._profiles.update(profile_id, change)
        except NotFoundError:
            del self._unsaved[profile_id]
            raise
        del self._unsaved[profile_id]
        return profile

    async def _save_rescued(self, profile_id: str) -> None:
        """Save what a full disk or a lock refused earlier: the old refresh token is used up."""
        if profile_id in self._unsaved:
            await self._save(profile_id, *self._unsaved[profile_id])

    def _finished(self, key: tuple[str, Less | None], task: asyncio.Task[Renewed]) -> None:
        self._running.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            code = error.code if isinstance(error, AppError) else type(error).__name__
            _log.info("Renewing the grant of %s failed: %s", key[0], code)


def _with_secret_of(kept: Grant | None, new: Grant) -> Grant:
    """Return *new* with the client secret of *kept*, which may have changed while we asked."""
    return new if kept is None else replace(new, client_secret=kept.client_secret)
