"""The ways to sign in: what begins each, and what completes it."""

from __future__ import annotations

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider
from desktop_app.services.ports import Clock, HttpClient, RandomBytes
from desktop_app.services.profiles.identities import IdentityReader
from desktop_app.services.providers.provider_keys import ProviderKeys
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.sign_ins.authorization_code import (
    AuthorizationCodeFlow,
    CompletedSignIn,
    SignInWish,
)
from desktop_app.services.sign_ins.begun_authorization import AcceptedCode, BegunAuthorization
from desktop_app.services.sign_ins.device_flow import BegunDevice, DeviceFlow
from desktop_app.services.sign_ins.mix_up import check_no_mix_up
from desktop_app.services.sign_ins.oauth1_flow import AcceptedVerifier, BegunOauth1, Oauth1Flow
from desktop_app.services.tokens.oauth1_grants import Signer
from desktop_app.services.tokens.proofs import Prover

Begun = BegunAuthorization | BegunDevice | BegunOauth1
"""A request that has begun: ``shown`` is for the outside, ``accept`` takes its answer."""

Accepted = AcceptedCode | AcceptedVerifier
"""The answer to it."""


class SignInFlows:
    """Leads a request to the flow that knows it.

    Attributes:
        device: Signing in on another device; its answer comes by asking, not by a redirect.
    """

    def __init__(
        self,
        *,
        providers: ProviderService,
        http: HttpClient,
        clock: Clock,
        random: RandomBytes,
        lifetime: float,
    ) -> None:
        self._providers = providers
        signer = Signer(clock=clock, random=random)
        prover = Prover(http=http, clock=clock, random=random)
        identities = IdentityReader(providers=providers, http=http, prover=prover, signer=signer)
        self.device = DeviceFlow(identities=identities, prover=prover, clock=clock)
        self._code = AuthorizationCodeFlow(
            identities=identities,
            keys=ProviderKeys(providers),
            prover=prover,
            clock=clock,
            random=random,
            lifetime=lifetime,
        )
        self._oauth1 = Oauth1Flow(
            identities=identities, http=http, clock=clock, random=random, lifetime=lifetime
        )

    async def begin(
        self,
        provider: Provider,
        metadata: ServerMetadata,
        *,
        scopes: tuple[str, ...] | None,
        redirect_uri: str,
        login_hint: str | None,
        pasted: bool,
    ) -> Begun:
        """Return a fresh request whose answer comes to *redirect_uri*; raises as its flow does."""
        if provider.protocol == "oauth1":
            return await self._oauth1.begin(provider, scopes=scopes, callback=redirect_uri)
        wish = SignInWish(
            scopes=scopes, redirect_uri=redirect_uri, login_hint=login_hint, pasted=pasted
        )
        return await self._code.begin(provider, metadata, wish)

    async def readdress(self, begun: Begun) -> Begun:
        """Return *begun* with an address that is good once more; raises as its flow does."""
        if isinstance(begun, BegunAuthorization):
            return await self._code.readdress(begun)
        return begun

    async def complete(self, answer: Accepted) -> CompletedSignIn:
        """Turn *answer* into an identity and a grant; raises as its flow does."""
        if isinstance(answer, AcceptedVerifier):
            return await self._oauth1.complete(answer)
        check_no_mix_up(answer, self._providers.all())
        return await self._code.complete(answer)
