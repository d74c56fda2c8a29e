"""Signing in on another device: from a code to type to an identity and its grant."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, Never

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.authorization import AuthorizationResponse
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.device import (
    PendingDevice,
    accept_poll,
    device_request,
    device_token_request,
    parse_device_response,
    unanswered,
)
from desktop_app.oauth.errors import DiscoveryError, StateMismatchError
from desktop_app.oauth.id_token import IdTokenExpectation, signing_algorithm
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.resource_indicators import resource_fields
from desktop_app.oauth.token import TokenResponse
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.identities import IdentityReader, missing_id_token
from desktop_app.services.providers.provider_keys import Claims
from desktop_app.services.sign_ins.authorization_code import CompletedSignIn, wanted_scopes
from desktop_app.services.sign_ins.taken_clients import as_taken
from desktop_app.services.tokens.bound_grants import check_as_wanted, new_key
from desktop_app.services.tokens.grants import new_grant, provider_client, resource_of
from desktop_app.services.tokens.proofs import Prover

# Asyncio's clock stands still while the computer sleeps; the code's does not.
_CLOCK_LOOK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunDevice:
    """A code that waits to be typed, and all that its answer will need.

    Attributes:
        dpop_key: The key that the grant will be bound to, where that is wanted.
    """

    provider: Provider
    metadata: ServerMetadata
    client: Client
    scopes: tuple[str, ...]
    pending: PendingDevice
    dpop_key: str | None = field(default=None, repr=False)

    @property
    def shown(self) -> Mapping[str, Any]:
        """What the outside sees of it."""
        return {
            "user_code": self.pending.user_code,
            "verification_uri": self.pending.verification_uri,
            "verification_uri_complete": self.pending.verification_uri_complete,
            "expires_at": self.pending.expires_at,
            "step": "waiting",
        }

    def accept(self, _response: AuthorizationResponse, *, now: float) -> Never:
        """Refuse every redirect: nothing comes back through a browser.

        Raises:
            StateMismatchError: Always.
        """
        raise StateMismatchError


class DeviceFlow:
    """Begins and completes device authorizations (RFC 8628)."""

    def __init__(self, *, identities: IdentityReader, prover: Prover, clock: Clock) -> None:
        self._identities = identities
        self._prover = prover
        self._clock = clock

    async def begin(
        self, provider: Provider, metadata: ServerMetadata, *, scopes: tuple[str, ...] | None
    ) -> BegunDevice:
        """Return a fresh code to type.

        Raises:
            InvalidRequestError: If the provider has no codes for other devices.
            DiscoveryError: If it names no address for the answer.
            DpopKeyError: If no key can be made that the provider takes.
            OAuthError: If it gives none.
            ProviderUnreachableError: If it does not answer.

        Source: RFC 8628 sections 3.1 and 3.2.
        """
        if not metadata.device_authorization_endpoint:
            raise InvalidRequestError(
                "this provider does not offer signing in with a code", field="flow"
            )
        if not metadata.token_endpoint:
            raise DiscoveryError("it names no address for the answer")
        asked = wanted_scopes(provider, metadata, scopes)
        asking = partial(self._code, provider, metadata, asked)
        client, pending = await as_taken(
            provider, metadata, provider_client(provider, metadata), asking
        )
        return BegunDevice(
            provider=provider,
            metadata=metadata,
            client=client,
            scopes=asked,
            pending=pending,
            dpop_key=await new_key(provider, metadata),
        )

    async def tokens(self, begun: BegunDevice) -> tuple[BegunDevice, TokenResponse]:
        """Ask again and again, as often as the provider allows, until there are tokens.

        Returns:
            *begun* with the client as the provider took it, and the tokens.

        Raises:
            AuthorizationDeniedError: If the person said no.
            DeviceCodeExpiredError: If the code is over.
            OAuthError: If the provider's answer can't be used.

        Source: RFC 8628 sections 3.4 and 3.5.
        """
        waiting = begun.pending
        while True:
            await self._until(waiting.next_poll_at)
            asking = partial(self._poll, begun, waiting)
            client, heard = await as_taken(begun.provider, begun.metadata, begun.client, asking)
            begun = replace(begun, client=client)
            if isinstance(heard, TokenResponse):
                return begun, heard
            waiting = heard

    async def complete(self, begun: BegunDevice, tokens: TokenResponse) -> CompletedSignIn:
        """Turn *tokens* into an identity and a grant.

        Raises:
            OAuthError: If what the provider says of the account can't be used.
            ProviderUnreachableError: If it does not answer.
        """
        id_claims = await self._id_claims(begun, tokens)
        if not id_claims:
            tokens = replace(tokens, id_token=None)
        grant = self._grant(begun, tokens, id_claims)
        identity = await self._identities.identity(begun.provider, grant, id_claims)
        return CompletedSignIn(provider=begun.provider, identity=identity, grant=grant)

    async def _code(
        self,
        provider: Provider,
        metadata: ServerMetadata,
        scopes: tuple[str, ...],
        client: Client,
    ) -> PendingDevice:
        request = partial(
            device_request,
            endpoint=metadata.device_authorization_endpoint or "",
            client=client,
            scopes=scopes,
            audience=metadata.token_endpoint,
            ca_file=provider.ca_file,
            extra=resource_fields(provider.resources),
        )
        # Without a proof: RFC 9449 binds what comes of the code, at the token endpoint.
        response = await self._prover.ask(provider.token.making(request), key=None)
        return parse_device_response(response, now=self._clock())

    async def _until(self, moment: float) -> None:
        while (left := moment - self._clock()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, _CLOCK_LOOK_SECONDS))

    async def _poll(
        self, begun: BegunDevice, waiting: PendingDevice, client: Client
    ) -> TokenResponse | PendingDevice:
        rules = begun.provider.token
        request = partial(
            device_token_request,
            endpoint=begun.metadata.token_endpoint or "",
            client=client,
            pending=waiting,
            ca_file=begun.provider.ca_file,
            extra=resource_of(begun.provider.resources),
        )
        try:
            response = await self._prover.ask(rules.making(request), key=begun.dpop_key)
        except ProviderUnreachableError:
            return unanswered(waiting, now=self._clock())
        heard = accept_poll(waiting, response, now=self._clock(), rules=rules)
        if isinstance(heard, TokenResponse):
            return check_as_wanted(heard, begun.dpop_key)
        return heard

    def _grant(self, begun: BegunDevice, tokens: TokenResponse, id_claims: Claims) -> Grant:
        proven = id_claims.get("iss") if begun.provider.issuer_template else None
        signature = (f"id_token:{signing_algorithm(tokens.id_token)}",) if tokens.id_token else ()
        bound = ("dpop",) if begun.dpop_key else ()
        return new_grant(
            client=begun.client,
            metadata=begun.metadata,
            scopes=begun.scopes,
            tokens=tokens,
            issuer=str(proven or begun.metadata.issuer),
            now=self._clock(),
            provider=begun.provider,
            protections=("device_code", *bound, *signature),
            dpop_key=begun.dpop_key,
        )

    async def _id_claims(self, begun: BegunDevice, tokens: TokenResponse) -> Claims:
        """Return who the ID token names; it has no nonce, because no browser carried one.

        OpenID asks for one in its own flows alone, and some providers give none here: then
        userinfo says who it is, as directly from the provider as the tokens came.
        """
        openid = begun.provider.protocol == "oidc"
        if tokens.id_token is None:
            if openid and not begun.metadata.userinfo_endpoint:
                raise missing_id_token()
            return {}
        if not openid and ("openid" not in begun.scopes or not begun.metadata.jwks_uri):
            return {}
        expectation = IdTokenExpectation(
            issuer=begun.metadata.issuer,
            client_id=begun.client.client_id,
            nonce=None,
            access_token=tokens.access_token,
            now=self._clock(),
            algorithms=begun.metadata.id_token_signing_alg_values_supported,
            client_secret=begun.client.client_secret,
        )
        return await self._identities.id_claims(
            tokens.id_token,
            expectation,
            jwks_uri=begun.metadata.jwks_uri,
            ca_file=begun.provider.ca_file,
            issuer_template=begun.provider.issuer_template,
        )
