"""OAuth 1.0a sign-ins, from the provider's endpoints to an identity and its grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.authorization import AuthorizationResponse
from desktop_app.oauth.endpoints import check_browser_url
from desktop_app.oauth.errors import AuthorizationResponseError, DiscoveryError
from desktop_app.oauth.oauth1 import (
    OUT_OF_BAND,
    Oauth1Client,
    Oauth1Token,
    Oauth1TokenResponse,
    PendingOauth1,
    accept_callback,
    begin_oauth1,
    check_verifier,
    oauth1_authorization_url,
    parse_temporary_credentials,
    parse_token_credentials,
    temporary_credentials_request,
    token_credentials_request,
)
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant
from desktop_app.services.exchange import ask
from desktop_app.services.ports import Clock, HttpClient, RandomBytes
from desktop_app.services.profiles.identities import IdentityReader
from desktop_app.services.sign_ins.authorization_code import CompletedSignIn
from desktop_app.services.tokens.oauth1_grants import SIGNED, oauth1_grant, provider_oauth1_client


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunOauth1:
    """An OAuth 1.0a sign-in that waits for the person, and all that its answer will need."""

    provider: Provider
    client: Oauth1Client
    scopes: tuple[str, ...]
    pending: PendingOauth1
    url: str = field(repr=False)

    @property
    def shown(self) -> Mapping[str, Any]:
        """What the outside sees of it."""
        callback = self.pending.callback
        return {
            "authorization_url": self.url,
            "redirect_uri": None if callback == OUT_OF_BAND else callback,
            "expires_at": self.pending.expires_at,
        }

    def accept(self, response: AuthorizationResponse, *, now: float) -> AcceptedVerifier:
        """Return *response* with its verifier, if it is the one to this sign-in.

        Raises:
            StateMismatchError: If it answers another one, or comes too late.
            AuthorizationDeniedError: If the person said no.
            AuthorizationResponseError: If the provider reports a problem.
        """
        return AcceptedVerifier(
            begun=self, verifier=accept_callback(self.pending, response, now=now)
        )

    def accept_code(self, text: str) -> AcceptedVerifier:
        """Return the verifier that the person typed.

        Raises:
            InvalidRequestError: If it is none.
        """
        try:
            return AcceptedVerifier(begun=self, verifier=check_verifier(text))
        except AuthorizationResponseError as error:
            raise InvalidRequestError(
                "enter the code that the provider shows, without spaces", field="code"
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedVerifier:
    """The answer that was waited for, its verifier taken out."""

    begun: BegunOauth1
    verifier: str = field(repr=False)


class Oauth1Flow:
    """Begins and completes OAuth 1.0a sign-ins (RFC 5849 section 2)."""

    def __init__(
        self,
        *,
        identities: IdentityReader,
        http: HttpClient,
        clock: Clock,
        random: RandomBytes,
        lifetime: float,
    ) -> None:
        self._identities = identities
        self._http = http
        self._clock = clock
        self._random = random
        self._lifetime = lifetime

    async def begin(
        self, provider: Provider, *, scopes: tuple[str, ...] | None, callback: str
    ) -> BegunOauth1:
        """Return a fresh sign-in, its address checked for the browser.

        Args:
            provider: Its endpoints are those of its entry.
            scopes: What to ask for, else what its entry says.
            callback: The redirect URI, or ``OUT_OF_BAND`` where the person types a code.

        Raises:
            DiscoveryError: If the entry lacks an endpoint.
            OAuthError: If the provider refuses, or its answer can't be used.
            ProviderUnreachableError: If it does not answer.
        """
        if not (provider.request_token_endpoint and provider.authorization_endpoint):
            raise DiscoveryError("it names no address to sign in at")
        client = provider_oauth1_client(provider)
        temporary = await self._temporary(provider, client, callback)
        pending = begin_oauth1(
            temporary, callback=callback, now=self._clock(), lifetime=self._lifetime
        )
        asked = scopes or provider.scopes
        url = oauth1_authorization_url(
            provider.authorization_endpoint, pending, _extra(provider, asked)
        )
        return BegunOauth1(
            provider=provider,
            client=client,
            scopes=asked,
            pending=pending,
            url=check_browser_url(url),
        )

    async def _temporary(
        self, provider: Provider, client: Oauth1Client, callback: str
    ) -> Oauth1Token:
        request = temporary_credentials_request(
            endpoint=provider.request_token_endpoint or "",
            client=client,
            callback=callback,
            now=self._clock(),
            random=self._random,
            ca_file=provider.ca_file,
        )
        return parse_temporary_credentials(await ask(self._http, request))

    async def complete(self, answer: AcceptedVerifier) -> CompletedSignIn:
        """Turn the accepted verifier into an identity and a grant.

        Raises:
            OAuthError: If the provider's answers can't be used.
            ProviderUnreachableError: If it does not answer.
        """
        begun = answer.begun
        tokens = await self._tokens(begun, answer.verifier)
        grant = self._grant(begun, tokens)
        identity = await self._identities.identity(begun.provider, grant, {})
        return CompletedSignIn(provider=begun.provider, identity=identity, grant=grant)

    async def _tokens(self, begun: BegunOauth1, verifier: str) -> Oauth1TokenResponse:
        request = token_credentials_request(
            endpoint=begun.provider.token_endpoint or "",
            client=begun.client,
            pending=begun.pending,
            verifier=verifier,
            now=self._clock(),
            random=self._random,
            ca_file=begun.provider.ca_file,
        )
        return parse_token_credentials(await ask(self._http, request))

    def _grant(self, begun: BegunOauth1, tokens: Oauth1TokenResponse) -> Grant:
        typed = begun.pending.callback == OUT_OF_BAND
        return oauth1_grant(
            begun.provider,
            begun.client,
            tokens,
            scopes=begun.scopes,
            now=self._clock(),
            protections=(SIGNED + begun.client.signature_method, *(() if typed else ("verifier",))),
        )


def _extra(provider: Provider, scopes: tuple[str, ...]) -> dict[str, str]:
    """Return the authorization address's further parameters; OAuth 1.0a itself has no scopes."""
    extra = dict(provider.extra_parameters)
    if scopes:
        rules = provider.authorization
        # Trello, which is alone in having any, wants commas.
        separator = "," if rules.scope_separator == " " else rules.scope_separator
        extra[rules.scope_parameter] = separator.join(scopes)
    return extra
