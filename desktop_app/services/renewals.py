"""Renewing grants: one refresh at a time for each, and durable before anyone gets the token.

A provider that rotates refresh tokens ends the whole grant when an old one is used again. So
two refreshes must never run at once, a caller that goes away must not stop one in the middle,
and a new refresh token must be on disk before the access token beside it is given out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from desktop_app.errors import AppError, NotFoundError
from desktop_app.oauth.errors import IdTokenError, InvalidClientError, InvalidGrantError
from desktop_app.oauth.id_token import expect_same
from desktop_app.oauth.token import TokenResponse, parse_token_response, refresh_request
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.bound_grants import check_as_wanted
from desktop_app.services.ended_grants import EndedGrants
from desktop_app.services.errors import NeedsSignInError, ProviderUnreachableError
from desktop_app.services.grant_validity import renewable_grant, same_grant
from desktop_app.services.grants import grant_client, renewed_grant, resource_of
from desktop_app.services.identities import IdentityReader
from desktop_app.services.pauses import Pauses
from desktop_app.services.ports import Clock
from desktop_app.services.profiles import ProfileService
from desktop_app.services.proofs import Prover

_log = logging.getLogger(__name__)


ClientLost = Callable[[str, str], Awaitable[bool]]
"""Told a provider's id and a client ID that it refuses; whether Coatcheck had registered it."""


class Renewals:
    """Renews grants with their refresh tokens, sent only to the endpoint pinned in the grant."""

    def __init__(
        self,
        *,
        profiles: ProfileService,
        identities: IdentityReader,
        ended: EndedGrants,
        prover: Prover,
        client_lost: ClientLost,
        clock: Clock,
    ) -> None:
        self._profiles = profiles
        self._identities = identities
        self._ended = ended
        self._prover = prover
        self._client_lost = client_lost
        self._clock = clock
        self._running: dict[str, asyncio.Task[Profile]] = {}
        self._unsaved: dict[str, tuple[Grant, Grant]] = {}
        self._pauses = Pauses(clock)

    async def renew(self, profile_id: str) -> Profile:
        """Return the profile with a fresh access token; whoever asks meanwhile gets the same.

        Raises:
            NotFoundError: If there is no such profile.
            NeedsSignInError: If the provider has ended the grant, or it can't be renewed.
            ProviderUnreachableError: If the provider does not answer.
            OAuthError: If it answers with something else than tokens, or with somebody else's.
        """
        task = self._running.get(profile_id)
        if task is None:
            task = asyncio.create_task(self._renew(profile_id))
            self._running[profile_id] = task
            task.add_done_callback(lambda done: self._finished(profile_id, done))
        # Shielded: the answer of a rotating provider must be kept even if the asker goes away.
        return await asyncio.shield(task)

    async def settled(self, profile_id: str) -> None:
        """Wait until no refresh of this grant is under way; how it ended does not matter."""
        task = self._running.get(profile_id)
        if task is not None:
            await asyncio.wait({task})

    async def close(self) -> None:
        """Wait for the refreshes under way, so that no rotated token is lost at the end."""
        if self._running:
            await asyncio.wait(set(self._running.values()))

    async def _renew(self, profile_id: str) -> Profile:
        await self._save_rescued(profile_id)
        old = renewable_grant(self._profiles.get(profile_id))
        try:
            new = await self._asked_when_allowed(old)
        except InvalidGrantError as error:
            await self._ended.mark(profile_id, old)
            raise NeedsSignInError(error.code) from error
        except InvalidClientError as error:
            # One that was entered by hand can be mended; one of ours is gone with its grants.
            if not await self._client_lost(self._profiles.get(profile_id).provider, old.client_id):
                raise
            await self._ended.mark(profile_id, old)
            raise NeedsSignInError(error.code) from error
        return await self._save(profile_id, old, new)

    async def _asked_when_allowed(self, grant: Grant) -> Grant:
        self._pauses.check(grant.token_endpoint)
        try:
            return await self._asked(grant)
        except ProviderUnreachableError as error:
            self._pauses.note(grant.token_endpoint, error.retry_after)
            raise

    async def _asked(self, grant: Grant) -> Grant:
        request = partial(
            refresh_request,
            endpoint=grant.token_endpoint,
            client=grant_client(grant),
            refresh_token=grant.refresh_token or "",
            ca_file=grant.ca_file,
            extra=resource_of(grant.resources),
        )
        rules, now = grant.token_rules, self._clock()
        response = await self._prover.ask(rules.making(request), key=grant.dpop_key)
        tokens = check_as_wanted(parse_token_response(response, rules), grant.dpop_key)
        await self._check_id_token(grant, tokens, now)
        return renewed_grant(grant, tokens, now=now)

    async def _check_id_token(self, grant: Grant, tokens: TokenResponse, now: float) -> None:
        """Refuse the tokens if their ID token is not of the account that signed in.

        Raises:
            IdTokenError: If it isn't, or is not valid; nothing of the answer is used then.

        Source: OpenID Connect Core section 12.2.
        """
        if grant.id_token is None or tokens.id_token is None:
            return
        expectation = expect_same(
            grant.id_token,
            client_id=grant.client_id,
            client_secret=grant.client_secret,
            access_token=tokens.access_token,
            now=now,
        )
        try:
            await self._identities.id_claims(
                tokens.id_token, expectation, jwks_uri=grant.jwks_uri, ca_file=grant.ca_file
            )
        except IdTokenError:
            raise
        except AppError as error:
            # The answer came from the pinned endpoint itself, and a provider that rotates takes
            # no older token back: losing this one would cost the person a sign-in.
            _log.warning("The keys for a renewed ID token did not come: %s", error.code)

    async def _save(self, profile_id: str, old: Grant, new: Grant) -> Profile:
        def change(profile: Profile) -> Profile:
            # Somebody signed in again meanwhile: the newer grant stays.
            if not same_grant(profile.grant, old):
                return profile
            now = self._clock()
            return replace(profile, grant=new, status="active", updated_at=now, last_seen_at=now)

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

    def _finished(self, profile_id: str, task: asyncio.Task[Profile]) -> None:
        self._running.pop(profile_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            code = error.code if isinstance(error, AppError) else type(error).__name__
            _log.info("Renewing the grant of %s failed: %s", profile_id, code)
