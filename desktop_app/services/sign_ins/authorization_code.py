"""The authorization code flow, from the provider's metadata to an identity and its grant.

Another flow (device, OAuth 1.0a) is another module like this one: something that begins, and
something that completes with a ``CompletedSignIn``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from desktop_app.oauth.atproto_server import session_endpoint
from desktop_app.oauth.authorization import (
    AuthorizationWish,
    PendingAuthorization,
    begin_authorization,
)
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.dpop import dpop_thumbprint
from desktop_app.oauth.errors import DiscoveryError
from desktop_app.oauth.identity import Identity
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.oauth.token import TokenResponse, code_request, parse_token_response
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant
from desktop_app.services.ports import Clock, RandomBytes
from desktop_app.services.profiles.identities import IdentityReader
from desktop_app.services.profiles.proven_claims import (
    account_issuer,
    check_template_issuer,
    proven_claims,
)
from desktop_app.services.providers.provider_keys import ProviderKeys
from desktop_app.services.sign_ins.begun_authorization import (
    AcceptedCode,
    Addresses,
    BegunAuthorization,
)
from desktop_app.services.sign_ins.proven_answers import proven_answer
from desktop_app.services.sign_ins.taken_clients import as_taken
from desktop_app.services.tokens.bound_grants import check_as_wanted, new_key
from desktop_app.services.tokens.grants import new_grant, protections, provider_client, resource_of
from desktop_app.services.tokens.proofs import Prover

_OPENID_SCOPES = ("openid", "profile", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedSignIn:
    """Who signed in, and the grant that came of it."""

    provider: Provider
    identity: Identity
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWish:
    """What a sign-in asks for.

    Attributes:
        scopes: None for the provider's own.
        redirect_uri: Where the answer comes to.
        pasted: The person will copy the final address.
    """

    scopes: tuple[str, ...] | None
    redirect_uri: str
    login_hint: str | None
    pasted: bool = False


class AuthorizationCodeFlow:
    """Begins and completes authorization requests; knows nothing of listeners and browsers."""

    def __init__(
        self,
        *,
        identities: IdentityReader,
        keys: ProviderKeys,
        prover: Prover,
        clock: Clock,
        random: RandomBytes,
        lifetime: float,
    ) -> None:
        self._identities = identities
        self._keys = keys
        self._prover = prover
        self._clock = clock
        self._random = random
        self._lifetime = lifetime
        self._addresses = Addresses(prover)

    async def begin(
        self, provider: Provider, metadata: ServerMetadata, wish: SignInWish
    ) -> BegunAuthorization:
        """Return a fresh authorization request, its address checked for the browser.

        Raises:
            DiscoveryError: If the provider lacks an endpoint that is needed.
            EndpointError: If its address is none for a browser.
            ScopeError: If a scope has a character that is not allowed.
            DpopKeyError: If no key can be made that the provider takes.
            OAuthError: If the request is to be left with the provider and it refuses it.
            ProviderUnreachableError: If the provider does not answer then.
        """
        if not metadata.authorization_endpoint or not metadata.token_endpoint:
            raise DiscoveryError("it names no address to sign in at, or none for the answer")
        client = provider_client(provider, metadata)
        key = await new_key(provider, metadata)
        asked = replace(
            self._asked(provider, metadata, wish, client),
            dpop_jkt=dpop_thumbprint(key) if key else None,
        )
        return await self._addresses.give(
            BegunAuthorization(
                provider=provider,
                metadata=metadata,
                client=client,
                pending=self._pending(provider, metadata, asked),
                dpop_key=key,
            )
        )

    async def readdress(self, begun: BegunAuthorization) -> BegunAuthorization:
        """Return *begun* with an address that is good once more.

        Raises:
            OAuthError: If the provider refuses to give one.
            ProviderUnreachableError: If it does not answer.
        """
        return await self._addresses.give(begun) if begun.pushed else begun

    async def complete(self, accepted: AcceptedCode) -> CompletedSignIn:
        """Turn the code of the *accepted* answer into an identity and a grant.

        Raises:
            OAuthError: If the provider's answers can't be used; each kind is one of its errors.
            ProviderUnreachableError: If the provider does not answer.
        """
        accepted = await proven_answer(self._keys, accepted, now=self._clock())
        begun, response = accepted.begun, accepted.response
        rules = begun.provider.token.with_returned(response.extra)
        asking = partial(self._tokens, begun, accepted.code, rules)
        client, tokens = await as_taken(begun.provider, begun.metadata, begun.client, asking)
        id_claims = await proven_claims(self._identities, begun, tokens, now=self._clock())
        if not id_claims:
            tokens = replace(tokens, id_token=None)
        check_template_issuer(begun, response, id_claims)
        grant = new_grant(
            client=client,
            metadata=begun.metadata,
            scopes=begun.pending.scopes,
            tokens=tokens,
            issuer=account_issuer(begun, id_claims),
            now=self._clock(),
            provider=begun.provider,
            protections=protections(begun, response, tokens),
            token_rules=rules,
            dpop_key=begun.dpop_key,
        )
        identity = await self._identities.identity(begun.provider, grant, id_claims)
        if begun.provider.atproto is not None:
            # Signed in at the entryway, it was not known before where the account's data lie.
            server = session_endpoint(identity.claims["server"])
            grant = replace(grant, userinfo_endpoint=server)
        return CompletedSignIn(provider=begun.provider, identity=identity, grant=grant)

    def _asked(
        self, provider: Provider, metadata: ServerMetadata, wish: SignInWish, client: Client
    ) -> AuthorizationWish:
        scopes = wanted_scopes(provider, metadata, wish.scopes)
        return AuthorizationWish(
            issuer=metadata.issuer,
            client_id=client.client_id,
            redirect_uri=wish.redirect_uri,
            scopes=scopes,
            openid="openid" in scopes,
            lifetime=self._lifetime,
            extra_parameters=provider.extra_parameters,
            login_hint=wish.login_hint,
            resources=provider.resources,
            response_mode=provider.response_mode,
            by_address=wish.pasted,
            rules=provider.authorization,
        )

    def _pending(
        self, provider: Provider, metadata: ServerMetadata, asked: AuthorizationWish
    ) -> PendingAuthorization:
        pending = begin_authorization(
            asked, metadata=metadata, random=self._random, now=self._clock()
        )
        # Its answer may name the filled template; that is compared with the ID token later.
        return replace(pending, iss_known=False) if provider.issuer_template else pending

    async def _tokens(
        self, begun: BegunAuthorization, code: str, rules: TokenRules, client: Client
    ) -> TokenResponse:
        request = partial(
            code_request,
            endpoint=begun.metadata.token_endpoint or "",
            client=client,
            pending=begun.pending,
            code=code,
            ca_file=begun.provider.ca_file,
            extra=resource_of(begun.pending.resources),
        )
        response = await self._prover.ask(rules.making(request), key=begun.dpop_key)
        return check_as_wanted(parse_token_response(response, rules), begun.dpop_key)


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
