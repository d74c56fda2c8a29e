"""Taking a grant back at the provider, and saying only what is really known to be gone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from desktop_app.errors import AppError
from desktop_app.oauth.revocation import (
    TokenTypeHint,
    parse_revocation_response,
    revocation_request,
)
from desktop_app.services.accounts import Grant, Profile, Revocation
from desktop_app.services.exchange import ask
from desktop_app.services.ports import Clock, HttpClient, RandomBytes
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.grants import grant_client
from desktop_app.services.tokens.oauth1_grants import Signer
from desktop_app.services.tokens.own_revocation import revoke_own_way

_log = logging.getLogger(__name__)

ALL_GONE = "The provider confirmed it: this access is over."
REST_EXPIRES = (
    "The provider confirmed that this access can't be renewed. "
    "What was given out last ends by itself."
)
RENEWAL_LEFT = (
    "The provider confirmed that what was given out last is over, and nothing more. "
    "Remove Coatcheck on the provider's own page as well."
)
NOT_SUPPORTED = (
    "This provider can't be told from here. Remove Coatcheck on the provider's own page; "
    "until then what was given out stays good."
)
NOTHING_LEFT = "There is nothing left to take back: this access was over already."


class Revocations:
    """Ends grants by RFC 7009, at the endpoint pinned in the grant."""

    def __init__(
        self, *, profiles: ProfileService, http: HttpClient, clock: Clock, random: RandomBytes
    ) -> None:
        self._profiles = profiles
        self._http = http
        self._clock = clock
        self._random = random
        self._signer = Signer(clock=clock, random=random)

    async def revoke(self, profile_id: str) -> Revocation:
        """Revoke the refresh token, then the access token, and forget both here.

        Raises:
            NotFoundError: If there is no such profile.
            ProviderUnreachableError: If the provider does not answer; nothing is changed then.
            RevocationError: If it refuses; nothing is changed then.

        Source: RFC 7009 section 2.
        """
        grant = self._profiles.get(profile_id).grant
        if grant is None or not (grant.access_token or grant.refresh_token):
            return nothing_left(profile_id)
        if not (grant.revocation_endpoint or grant.own_revocation):
            return _told(profile_id, (), "not_supported", NOT_SUPPORTED, _good_until(grant))
        revoked = await self._revoked(grant)
        await self._forget(profile_id, grant)
        return _confirmed(profile_id, grant, revoked)

    async def _revoked(self, grant: Grant) -> tuple[str, ...]:
        """Return what the provider confirmed; the first answer counts, the second helps."""
        if grant.own_revocation is not None:
            return await revoke_own_way(self._http, grant, grant.own_revocation, self._signer)
        endpoint = grant.revocation_endpoint or ""
        first, *rest = _tokens(grant)
        await self._tell_provider(grant, endpoint, *first)
        gone: list[str] = [first[0]]
        for hint, token in rest:
            try:
                await self._tell_provider(grant, endpoint, hint, token)
            except AppError as error:
                _log.info("The provider keeps the %s: %s", hint, error.code)
            else:
                gone.append(hint)
        return tuple(gone)

    async def _tell_provider(
        self, grant: Grant, endpoint: str, hint: TokenTypeHint, token: str
    ) -> None:
        request = revocation_request(
            endpoint=endpoint,
            client=grant_client(grant),
            token=token,
            token_type_hint=hint,
            now=self._clock(),
            random=self._random,
            audience=grant.token_endpoint,
            ca_file=grant.ca_file,
        )
        parse_revocation_response(await ask(self._http, request))

    async def _forget(self, profile_id: str, revoked: Grant) -> None:
        def change(profile: Profile) -> Profile:
            # Somebody signed in again meanwhile: that grant is another one.
            if profile.grant is None or profile.grant.access_token != revoked.access_token:
                return profile
            return replace(
                profile, grant=_emptied(profile.grant), status="revoked", updated_at=self._clock()
            )

        await self._profiles.update(profile_id, change)


def _tokens(grant: Grant) -> Sequence[tuple[TokenTypeHint, str]]:
    tokens: list[tuple[TokenTypeHint, str]] = []
    if grant.refresh_token:
        tokens.append(("refresh_token", grant.refresh_token))
    if grant.access_token:
        tokens.append(("access_token", grant.access_token))
    return tokens


def _emptied(grant: Grant) -> Grant:
    return replace(
        grant,
        access_token="",
        token_secret=None,
        access_token_expires_at=None,
        refresh_token=None,
        refresh_token_expires_at=None,
        id_token=None,
        dpop_key=None,
    )


def _good_until(grant: Grant) -> float | None:
    """Return when the last token ends by itself; None where nobody knows."""
    return grant.refresh_token_expires_at if grant.refresh_token else grant.access_token_expires_at


def nothing_left(profile_id: str) -> Revocation:
    """Return that the grant was over before anybody was asked."""
    return _told(profile_id, (), "nothing_left", NOTHING_LEFT, complete=True)


def _confirmed(profile_id: str, grant: Grant, revoked: tuple[str, ...]) -> Revocation:
    """Say what is gone, and what may not be: an end of the one token is none of the other."""
    proof = "provider_confirmed"
    if grant.refresh_token and "refresh_token" not in revoked:
        end = grant.refresh_token_expires_at
        return _told(profile_id, revoked, proof, RENEWAL_LEFT, end)
    if grant.access_token and "access_token" not in revoked:
        return _told(profile_id, revoked, proof, REST_EXPIRES, grant.access_token_expires_at)
    return _told(profile_id, revoked, proof, ALL_GONE, complete=True)


def _told(
    profile_id: str,
    revoked: tuple[str, ...],
    proof: str,
    message: str,
    good_until: float | None = None,
    *,
    complete: bool = False,
) -> Revocation:
    return Revocation(
        profile_id=profile_id,
        revoked=revoked,
        proof=proof,
        message=message,
        good_until=good_until,
        complete=complete,
    )
