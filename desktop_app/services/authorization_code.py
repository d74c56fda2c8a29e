"""The authorization code flow, from the provider's metadata to an identity and its grant.

Another flow (device, OAuth 1.0a) is another module like this one: something that begins, and
something that completes with a ``CompletedSignIn``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop_app.oauth.authorization import (
    AuthorizationResponse,
    begin_authorization,
)
from desktop_app.oauth.errors import DiscoveryError, IssuerMismatchError
from desktop_app.oauth.id_token import IdTokenExpectation
from desktop_app.oauth.identity import Identity
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.oauth.token import TokenResponse, code_request, parse_token_response
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant
from desktop_app.services.begun_authorization import Addresses, BegunAuthorization
from desktop_app.services.exchange import ask
from desktop_app.services.grants import new_grant, protections, provider_client
from desktop_app.services.identities import IdentityReader, missing_id_token
from desktop_app.services.ports import Clock, HttpClient, RandomBytes
from desktop_app.services.provider_keys import Claims

_OPENID_SCOPES = ("openid", "profile", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedSignIn:
    """Who signed in, and the grant that came of it."""

    provider: Provider
    identity: Identity
    grant: Grant


class AuthorizationCodeFlow:
    """Begins and completes authorization requests; knows nothing of listeners and browsers."""

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
        self._addresses = Addresses(http=http, clock=clock, random=random)

    async def begin(
        self,
        provider: Provider,
        metadata: ServerMetadata,
        *,
        scopes: tuple[str, ...] | None,
        redirect_uri: str,
        login_hint: str | None,
        pasted: bool = False,
    ) -> BegunAuthorization:
        """Return a fresh authorization request, its address checked for the browser.

        *pasted* says that the person will copy the final address.

        Raises:
            DiscoveryError: If the provider lacks an endpoint that is needed.
            EndpointError: If its address is none for a browser.
            ScopeError: If a scope has a character that is not allowed.
            OAuthError: If the request is to be left with the provider and it refuses it.
            ProviderUnreachableError: If the provider does not answer then.
        """
        if not metadata.authorization_endpoint or not metadata.token_endpoint:
            raise DiscoveryError("it names no address to sign in at, or none for the answer")
        client = provider_client(provider, metadata)
        asked = wanted_scopes(provider, metadata, scopes)
        pending = begin_authorization(
            issuer=metadata.issuer,
            client_id=client.client_id,
            redirect_uri=redirect_uri,
            scopes=asked,
            openid="openid" in asked,
            metadata=_by_address(metadata) if pasted else metadata,
            random=self._random,
            now=self._clock(),
            lifetime=self._lifetime,
            extra_parameters=provider.extra_parameters,
            login_hint=login_hint,
            rules=provider.authorization,
        )
        if provider.issuer_template:
            # Its answer may name the filled template; that is compared with the ID token later.
            pending = replace(pending, iss_known=False)
        return await self._addresses.give(
            BegunAuthorization(
                provider=provider, metadata=metadata, client=client, pending=pending, url=""
            )
        )

    async def readdress(self, begun: BegunAuthorization) -> BegunAuthorization:
        """Return *begun* with an address that is good once more.

        Raises:
            OAuthError: If the provider refuses to give one.
            ProviderUnreachableError: If it does not answer.
        """
        return await self._addresses.give(begun) if begun.pushed else begun

    async def complete(
        self, begun: BegunAuthorization, response: AuthorizationResponse, code: str
    ) -> CompletedSignIn:
        """Turn the accepted *code* into an identity and a grant.

        Raises:
            OAuthError: If the provider's answers can't be used; each kind is one of its errors.
            ProviderUnreachableError: If the provider does not answer.
        """
        rules = begun.provider.token.with_returned(response.extra)
        tokens = await self._tokens(begun, code, rules)
        id_claims = await self._id_claims(begun, tokens)
        if not id_claims:
            tokens = replace(tokens, id_token=None)
        _check_template_issuer(begun, response, id_claims)
        grant = new_grant(
            client=begun.client,
            metadata=begun.metadata,
            scopes=begun.pending.scopes,
            tokens=tokens,
            issuer=_account_issuer(begun, id_claims),
            now=self._clock(),
            provider=begun.provider,
            protections=protections(begun.pending, response, tokens),
            token_rules=rules,
        )
        identity = await self._identities.identity(begun.provider, grant, id_claims)
        return CompletedSignIn(provider=begun.provider, identity=identity, grant=grant)

    async def _tokens(
        self, begun: BegunAuthorization, code: str, rules: TokenRules
    ) -> TokenResponse:
        request = code_request(
            endpoint=begun.metadata.token_endpoint or "",
            client=begun.client,
            pending=begun.pending,
            code=code,
            now=self._clock(),
            random=self._random,
            ca_file=begun.provider.ca_file,
        )
        return parse_token_response(await ask(self._http, rules.request(request)), rules)

    async def _id_claims(self, begun: BegunAuthorization, tokens: TokenResponse) -> Claims:
        if not _proves_identity(begun):
            return {}
        if tokens.id_token is None:
            if begun.provider.protocol == "oidc":
                raise missing_id_token()
            return {}
        return await self._identities.id_claims(
            tokens.id_token,
            self._expectation(begun, tokens),
            jwks_uri=begun.metadata.jwks_uri,
            ca_file=begun.provider.ca_file,
            issuer_template=begun.provider.issuer_template,
        )

    def _expectation(self, begun: BegunAuthorization, tokens: TokenResponse) -> IdTokenExpectation:
        return IdTokenExpectation(
            issuer=begun.metadata.issuer,
            client_id=begun.client.client_id,
            nonce=begun.pending.nonce,
            access_token=tokens.access_token,
            now=self._clock(),
            algorithms=begun.metadata.id_token_signing_alg_values_supported,
            client_secret=begun.client.client_secret,
        )


def wanted_scopes(
    provider: Provider, metadata: ServerMetadata, scopes: tuple[str, ...] | None
) -> tuple[str, ...]:
    """Return what to ask for: *scopes*, else the provider's own, else what OpenID has.

    An OpenID provider is always asked for ``openid``, because it says who signed in.
    """
    asked = scopes or provider.scopes
    if provider.protocol != "oidc":
        return asked
    if not asked:
        offline = "offline_access" in (metadata.scopes_supported or ())
        return _OPENID_SCOPES + (("offline_access",) if offline else ())
    return asked if "openid" in asked else ("openid", *asked)


def _by_address(metadata: ServerMetadata) -> ServerMetadata:
    """Leave out that answers can come as a form: nothing to copy would be in the address."""
    return replace(metadata, response_modes_supported=None)


def _proves_identity(begun: BegunAuthorization) -> bool:
    """Tell whether an ID token is asked for that can be checked.

    Without OpenID's issuer or keys, userinfo says who signed in; an ID token that comes along
    because of an ``openid`` permission is left unread then.
    """
    if begun.pending.nonce is None or begun.provider.protocol == "oidc":
        return begun.pending.nonce is not None
    return begun.pending.iss_known and begun.metadata.jwks_uri is not None


def _account_issuer(begun: BegunAuthorization, id_claims: Claims) -> str:
    """Return what the profile is keyed by: with a template, the issuer that was proven."""
    if begun.provider.issuer_template and "iss" in id_claims:
        return str(id_claims["iss"])
    return begun.metadata.issuer


def _check_template_issuer(
    begun: BegunAuthorization, response: AuthorizationResponse, id_claims: Claims
) -> None:
    if not begun.provider.issuer_template or response.iss is None or not id_claims:
        return
    if response.iss not in {id_claims.get("iss"), begun.metadata.issuer}:
        raise IssuerMismatchError("the answer and the ID token name different issuers")
