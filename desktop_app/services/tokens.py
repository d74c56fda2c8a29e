"""Access tokens for who may have them: fresh, renewed, revoked, looked up."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from desktop_app.errors import AppError, InvalidRequestError, NotFoundError
from desktop_app.oauth.errors import UserinfoError
from desktop_app.oauth.introspection import introspection_request, parse_introspection_response
from desktop_app.services.accounts import Grant, LentToken, Profile, Revocation
from desktop_app.services.errors import NeedsSignInError, NotSupportedError
from desktop_app.services.exchange import ask
from desktop_app.services.grants import grant_client
from desktop_app.services.identities import IdentityReader
from desktop_app.services.oauth1_grants import Signer
from desktop_app.services.ports import Clock, HttpClient, RandomBytes
from desktop_app.services.profile_pictures import ProfilePictures
from desktop_app.services.profiles import ProfileService
from desktop_app.services.providers import ProviderService
from desktop_app.services.renewals import Renewals
from desktop_app.services.revocations import Revocations
from desktop_app.services.signatures import signature

_log = logging.getLogger(__name__)

# A token that has used up less than this part of its life is as new as a renewal would make it.
_NEW_PART: Final = 0.1
_REFUSED: Final = frozenset({401, 403})


class TokenService:
    """Gives out, renews, revokes and looks up the tokens of kept grants.

    Everything goes to the endpoints and with the client that the grant was made with.
    """

    def __init__(
        self,
        *,
        profiles: ProfileService,
        providers: ProviderService,
        http: HttpClient,
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        self._profiles = profiles
        self._providers = providers
        self._http = http
        self._clock = clock
        self._random = random
        self._signer = Signer(clock=clock, random=random)
        self._identities = IdentityReader(providers=providers, http=http, signer=self._signer)
        self._pictures = ProfilePictures(profiles=profiles, http=http)
        self._renewals = Renewals(
            profiles=profiles, identities=self._identities, http=http, clock=clock, random=random
        )
        self._revocations = Revocations(profiles=profiles, http=http, clock=clock, random=random)

    async def access_token(
        self, profile_id: str, scopes: Sequence[str] = (), min_valid_seconds: float = 60
    ) -> LentToken:
        """Return an access token that stays good for *min_valid_seconds*, renewed if need be.

        Where the provider's tokens live shorter than that, the newest is given. While the
        provider is away, or there is no renewing, a token that is still good is given.

        Raises:
            NotFoundError: If there is no such profile.
            InvalidRequestError: If a scope is asked for that was not granted.
            NotSupportedError: If the account signs requests instead (OAuth 1.0a).
            NeedsSignInError: If the grant is over.
            ProviderUnreachableError: If the provider is away and the old token is over.
        """
        profile = self._profiles.get(profile_id)
        grant = _active_grant(profile)
        if grant.signature_method:
            # Half of a pair: of no use without the secret, which stays here.
            raise NotSupportedError(what="this account signs requests, so ask for a signature")
        _check_scopes(grant, scopes)
        if not _is_fresh(grant, min_valid_seconds, self._clock()):
            grant = await self._newest(profile, grant)
        return LentToken(
            access_token=grant.access_token,
            token_type=grant.token_type,
            expires_at=grant.access_token_expires_at,
            scopes=grant.scopes_granted,
        )

    def oauth1_signature(
        self, profile_id: str, *, method: str, url: str, parameters: Mapping[str, str]
    ) -> str:
        """Return the ``Authorization`` header for one OAuth 1.0a request.

        Raises:
            NotFoundError: If there is no such profile.
            NeedsSignInError: If the grant is over.
            NotSupportedError: If the account's requests carry a token instead.
            InvalidRequestError: If the request may not go there.
            EndpointError: If *url* is no address, or not encrypted although it must be.
            SigningError: If the request can't be signed.
        """
        profile = self._profiles.get(profile_id)
        grant = _active_grant(profile)
        hosts = self._token_hosts(profile)
        return signature(self._signer, grant, hosts, method=method, url=url, parameters=parameters)

    async def refresh(self, profile_id: str) -> Profile:
        """Renew the grant, if it can be, and what the provider says about the person.

        If only the person's details don't come, the profile stays as it was.

        Raises:
            NotFoundError: If there is no such profile.
            NeedsSignInError: If the grant is over.
            ProviderUnreachableError: If the provider does not answer.
            OAuthError: If its answer can't be used.
        """
        profile = self._profiles.get(profile_id)
        grant = _active_grant(profile)
        if grant.refresh_token:
            profile = await self._renewals.renew(profile_id)
            return await self._details_if_possible(profile)
        if self._is_over(grant):
            raise await self._needs_sign_in(profile)
        return await self._details_or_end(profile)

    async def revoke(self, profile_id: str) -> Revocation:
        """Take the grant back at the provider and say what is known to be gone.

        Raises:
            NotFoundError: If there is no such profile.
            ProviderUnreachableError: If the provider does not answer; nothing is changed then.
            RevocationError: If it refuses; nothing is changed then.
        """
        await self._renewals.settled(profile_id)
        await self._wake(profile_id)
        done = await self._revocations.revoke(profile_id)
        return done if done.revoked else replace(done, settings_url=self._by_hand(profile_id))

    async def introspect(self, profile_id: str) -> Mapping[str, Any]:
        """Return what the provider says about the access token.

        Raises:
            NotFoundError: If there is no such profile.
            NotSupportedError: If the provider offers no introspection.
            NeedsSignInError: If there is no token any more.
            IntrospectionError: If it does not say.
            ProviderUnreachableError: If it does not answer.

        Source: RFC 7662 section 2.
        """
        grant = self._profiles.get(profile_id).grant
        if grant is None or not grant.access_token:
            raise NeedsSignInError
        if not grant.introspection_endpoint:
            raise NotSupportedError(what="looking up what it knows about this access")
        request = introspection_request(
            endpoint=grant.introspection_endpoint,
            client=grant_client(grant),
            token=grant.access_token,
            token_type_hint="access_token",
            now=self._clock(),
            random=self._random,
            audience=grant.token_endpoint,
            ca_file=grant.ca_file,
        )
        return parse_introspection_response(await ask(self._http, request))

    async def close(self) -> None:
        """Wait for the renewals under way, so that no new refresh token is lost at the end."""
        await self._renewals.close()

    async def _newest(self, profile: Profile, grant: Grant) -> Grant:
        """Return the grant renewed; or as it is, if that fails and its token is still good."""
        if not grant.refresh_token:
            if self._is_over(grant):
                raise await self._needs_sign_in(profile)
            return grant
        try:
            return _active_grant(await self._renewals.renew(profile.id))
        except (NeedsSignInError, NotFoundError):
            raise
        except AppError as error:
            if self._is_over(grant):
                raise
            _log.info("A token is given that is not renewed: %s", error.code)
            return grant

    async def _details_if_possible(self, profile: Profile) -> Profile:
        try:
            return await self._with_details(profile)
        except AppError as error:
            _log.info("The details of %s stay as they were: %s", profile.id, error.code)
            return profile

    async def _details_or_end(self, profile: Profile) -> Profile:
        """Ask for the details; without renewing, that is how an ended grant is noticed."""
        try:
            return await self._with_details(profile)
        except UserinfoError as error:
            if error.fields.get("status") in _REFUSED:
                raise await self._needs_sign_in(profile) from error
            raise

    async def _with_details(self, profile: Profile) -> Profile:
        provider = self._providers.get(profile.provider)
        identity = await self._identities.renewed(provider, profile)
        if identity is None:
            return profile
        profile = await self._profiles.seen(profile.id, identity)
        await self._pictures.refresh(profile)
        return profile

    async def _needs_sign_in(self, profile: Profile) -> NeedsSignInError:
        """Write down that the grant is over, and return the error that says so."""
        over = profile.grant

        def change(now_kept: Profile) -> Profile:
            if now_kept.grant != over:
                return now_kept
            return replace(now_kept, status="needs_sign_in", updated_at=self._clock())

        await self._profiles.update(profile.id, change)
        return NeedsSignInError()

    async def _wake(self, profile_id: str) -> None:
        """Renew a grant whose own way of ending wants an access token, if that one is over."""
        grant = self._profiles.get(profile_id).grant
        if grant is None or grant.own_revocation is None or not self._is_over(grant):
            return
        try:
            await self._renewals.renew(profile_id)
        except NeedsSignInError:
            _log.info("The grant of %s is over already", profile_id)

    def _by_hand(self, profile_id: str) -> str | None:
        """Return the page where the person can do it at the provider."""
        try:
            return self._providers.get(self._profiles.get(profile_id).provider).guide.settings_url
        except NotFoundError:
            return None

    def _token_hosts(self, profile: Profile) -> Sequence[str]:
        try:
            return self._providers.get(profile.provider).token_hosts
        except NotFoundError:
            return ()

    def _is_over(self, grant: Grant) -> bool:
        end = grant.access_token_expires_at
        return end is not None and end <= self._clock()


def _active_grant(profile: Profile) -> Grant:
    grant = profile.grant
    if grant is None or profile.status != "active":
        raise NeedsSignInError
    return grant


def _is_fresh(grant: Grant, min_valid_seconds: float, now: float) -> bool:
    end = grant.access_token_expires_at
    if end is None:
        return True
    lifetime = end - grant.access_token_issued_at
    # A clock that was set back makes an old token look new; then renewing is the safe answer.
    if now < grant.access_token_issued_at:
        return False
    return end - now >= max(1.0, min(min_valid_seconds, lifetime * (1 - _NEW_PART)))


def _check_scopes(grant: Grant, scopes: Sequence[str]) -> None:
    missing = [scope for scope in scopes if scope not in grant.scopes_granted]
    if missing:
        raise InvalidRequestError(
            f"this account was not allowed “{missing[0]}”", field="scopes", missing=missing
        )
