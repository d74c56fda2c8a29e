"""Asking a token endpoint with a refresh token; what comes of it is kept by ``Renewals``."""

from __future__ import annotations

import logging
from functools import partial

from desktop_app.errors import AppError
from desktop_app.oauth.errors import IdTokenError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.refreshed_id_token import check_unchanged, expect_same
from desktop_app.oauth.token import TokenResponse, parse_token_response, refresh_request
from desktop_app.services.accounts import Grant
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.identities import IdentityReader
from desktop_app.services.tokens.bound_grants import check_as_wanted
from desktop_app.services.tokens.grants import grant_client, resource_of
from desktop_app.services.tokens.less import Less
from desktop_app.services.tokens.proofs import Prover
from desktop_app.services.upkeep.pauses import Pauses

_log = logging.getLogger(__name__)


class Refreshes:
    """Sends refresh tokens to the endpoint pinned in the grant, and checks what comes back."""

    def __init__(self, *, identities: IdentityReader, prover: Prover, clock: Clock) -> None:
        self._identities = identities
        self._prover = prover
        self._clock = clock
        self._pauses = Pauses(clock)

    async def ask(self, grant: Grant, less: Less | None = None) -> TokenResponse:
        """Return the tokens for *grant*, or for *less* than it allows.

        Raises:
            InvalidGrantError: If the provider has ended the grant.
            TokenErrorResponse: If it refuses for another reason.
            ProviderUnreachableError: If it does not answer, or asked to be left alone.
            OAuthError: If it answers with something else than tokens, or with somebody else's.

        Source: RFC 6749 section 6, RFC 8707 section 2.2.
        """
        self._pauses.check(grant.token_endpoint)
        try:
            response = await self._sent(grant, less or Less())
        except ProviderUnreachableError as error:
            self._pauses.note(grant.token_endpoint, error.retry_after)
            raise
        tokens = check_as_wanted(parse_token_response(response, grant.token_rules), grant.dpop_key)
        await self._check_id_token(grant, tokens)
        return tokens

    async def _sent(self, grant: Grant, less: Less) -> HttpResponse:
        request = partial(
            refresh_request,
            endpoint=grant.token_endpoint,
            client=grant_client(grant),
            refresh_token=grant.refresh_token or "",
            scopes=less.scopes,
            ca_file=grant.ca_file,
            extra=resource_of((less.resource,) if less.resource else grant.resources),
        )
        return await self._prover.ask(grant.token_rules.making(request), key=grant.dpop_key)

    async def _check_id_token(self, grant: Grant, tokens: TokenResponse) -> None:
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
            now=self._clock(),
        )
        try:
            claims = await self._identities.id_claims(
                tokens.id_token, expectation, jwks_uri=grant.jwks_uri, ca_file=grant.ca_file
            )
            check_unchanged(grant.id_token, claims)
        except IdTokenError:
            raise
        except AppError as error:
            # The answer came from the pinned endpoint itself, and a provider that rotates takes
            # no older token back: losing this one would cost the person a sign-in.
            _log.warning("The keys for a renewed ID token did not come: %s", error.code)
