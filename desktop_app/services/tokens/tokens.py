"""Access tokens for who may have them: fresh, renewed, revoked, looked up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from desktop_app.errors import NotFoundError
from desktop_app.services.accounts import LentToken, Profile, Revocation
from desktop_app.services.errors import NeedsSignInError
from desktop_app.services.ports import Clock, HttpClient, RandomBytes
from desktop_app.services.profiles.account_details import AccountDetails
from desktop_app.services.profiles.identities import IdentityReader
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.tokens.ended_grants import EndedGrants
from desktop_app.services.tokens.grant_validity import active_grant, is_over
from desktop_app.services.tokens.introspections import Introspections
from desktop_app.services.tokens.lent_tokens import LentTokens
from desktop_app.services.tokens.narrowing import Narrowing
from desktop_app.services.tokens.oauth1_grants import Signer
from desktop_app.services.tokens.proofs import Prover
from desktop_app.services.tokens.refreshes import Refreshes
from desktop_app.services.tokens.rejections import Rejections
from desktop_app.services.tokens.renewals import Renewals
from desktop_app.services.tokens.revocations import Revocations, nothing_left
from desktop_app.services.tokens.signatures import ProofHeaders, Signatures, SomeRequest

_log = logging.getLogger(__name__)


class TokenService:
    """Gives out, renews, revokes and looks up the tokens of kept grants.

    Everything goes to the endpoints and with the client that the grant was made with.

    Args:
        used: Told the id of a profile each time that somebody gets one of its tokens.
    """

    def __init__(
        self,
        *,
        profiles: ProfileService,
        providers: ProviderService,
        http: HttpClient,
        clock: Clock,
        random: RandomBytes,
        used: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._profiles = profiles
        self._providers = providers
        self._clock = clock
        signer = Signer(clock=clock, random=random)
        prover = Prover(http=http, clock=clock, random=random)
        self._signatures = Signatures(
            profiles=profiles, providers=providers, signer=signer, prover=prover
        )
        self._ended = EndedGrants(profiles=profiles, clock=clock)
        identities = IdentityReader(providers=providers, http=http, prover=prover, signer=signer)
        self._details = AccountDetails(
            profiles=profiles,
            providers=providers,
            identities=identities,
            ended=self._ended,
            http=http,
        )
        self._renewals = Renewals(
            profiles=profiles,
            refreshes=Refreshes(identities=identities, prover=prover, clock=clock),
            ended=self._ended,
            clients=providers.registrations,
            clock=clock,
        )
        self._lent = LentTokens(
            profiles=profiles,
            renewals=self._renewals,
            narrowing=Narrowing(
                profiles=profiles, renewals=self._renewals, prover=prover, clock=clock
            ),
            ended=self._ended,
            clock=clock,
            used=used,
        )
        self._revocations = Revocations(profiles=profiles, http=http, clock=clock, random=random)
        self._introspections = Introspections(http=http, clock=clock, random=random)
        self._rejections = Rejections(profiles=profiles, refresh=self.refresh, clock=clock)

    def can_narrow(self, profile: Profile) -> bool:
        """Tell whether tokens of *profile* are known to be had for fewer scopes."""
        return self._lent.can_narrow(profile)

    async def access_token(
        self,
        profile_id: str,
        scopes: Sequence[str] = (),
        min_valid_seconds: float = 60,
        resource: str | None = None,
    ) -> LentToken:
        """Return an access token that stays good for *min_valid_seconds*, renewed if need be.

        It allows no more than *scopes*, and is for *resource*, where the provider gives such;
        else it says that it is ``wider``. Where the provider's tokens live shorter, the newest
        is given. While the provider is away, or there is no renewing, a token that is still
        good is given.

        Raises:
            NotFoundError: If there is no such profile.
            InvalidRequestError: If a scope is asked for that was not granted.
            ResourceError: If *resource* is no address.
            InvalidTargetError: If the provider gives no token for it.
            NotSupportedError: If the account signs requests instead (OAuth 1.0a).
            NeedsSignInError: If the grant is over.
            ProviderUnreachableError: If the provider is away and the old token is over.
        """
        return await self._lent.token(profile_id, scopes, min_valid_seconds, resource)

    def oauth1_signature(
        self, profile_id: str, *, method: str, url: str, parameters: Mapping[str, str]
    ) -> str:
        """Return the ``Authorization`` header for one OAuth 1.0a request.

        Raises:
            AppError: As ``Signatures.oauth1`` does.
        """
        request = SomeRequest(method=method, url=url)
        return self._signatures.oauth1(profile_id, request, parameters)

    def check_provable(self, profile_id: str, request: SomeRequest) -> None:
        """Return if *request* may have a proof, so that nobody is asked in vain.

        Raises:
            AppError: As ``Signatures.check_provable`` does.
        """
        self._signatures.check_provable(profile_id, request)

    async def dpop_proof(
        self, profile_id: str, request: SomeRequest, scopes: Sequence[str] = ()
    ) -> ProofHeaders:
        """Return what *request* carries with a bound token that allows *scopes*.

        Raises:
            AppError: As ``Signatures.check_provable`` and ``access_token`` do.
        """
        self._signatures.check_provable(profile_id, request)
        token = await self.access_token(profile_id, scopes)
        return await self._signatures.proof(profile_id, token, request)

    async def renew(self, profile_id: str) -> Profile:
        """Renew the grant alone; whoever asks for the same meanwhile waits for this renewal.

        Raises:
            NotFoundError: If there is no such profile.
            NeedsSignInError: If the grant is over, or it can't be renewed.
            ProviderUnreachableError: If the provider does not answer.
            OAuthError: If its answer can't be used.
        """
        return await self._renewals.renew(profile_id)

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
        grant = active_grant(profile)
        if grant.refresh_token:
            profile = await self._renewals.renew(profile_id, anyway=True)
            return await self._details.refresh_if_possible(profile)
        if is_over(grant, self._clock()):
            await self._ended.mark(profile_id, grant)
            raise NeedsSignInError
        return await self._details.refresh_or_end(profile, grant)

    async def reject(self, profile_id: str, access_token: str) -> None:
        """Renew the grant once if a server refused *access_token* and it is the newest.

        Raises:
            NotFoundError: If there is no such profile.
        """
        self._lent.reject(profile_id, access_token)
        await self._rejections.reject(profile_id, access_token)

    async def revoke(self, profile_id: str) -> Revocation:
        """Take the grant back at the provider and say what is known to be gone.

        Raises:
            NotFoundError: If there is no such profile.
            ProviderUnreachableError: If the provider does not answer; nothing is changed then.
            RevocationError: If it refuses; nothing is changed then.
        """
        await self._renewals.settled(profile_id)
        if not await self._wake(profile_id):
            return nothing_left(profile_id)
        done = await self._revocations.revoke(profile_id)
        self._lent.forget(profile_id)
        return done if done.complete else replace(done, settings_url=self._by_hand(profile_id))

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
        return await self._introspections.introspect(self._profiles.get(profile_id))

    async def close(self) -> None:
        """Wait for the renewals under way, so that no new refresh token is lost at the end."""
        await self._renewals.close()
        self._lent.clear()

    async def _wake(self, profile_id: str) -> bool:
        """Renew a grant whose own way of ending wants an access token, if that one is over.

        Returns:
            False if nothing could be renewed: then the grant is over already.
        """
        grant = self._profiles.get(profile_id).grant
        if grant is None or grant.own_revocation is None or not is_over(grant, self._clock()):
            return True
        try:
            await self._renewals.renew(profile_id)
        except NeedsSignInError:
            return False
        return True

    def _by_hand(self, profile_id: str) -> str | None:
        """Return the page where the person can do it at the provider."""
        try:
            return self._providers.get(self._profiles.get(profile_id).provider).guide.settings_url
        except NotFoundError:
            return None
