"""Making a token for less out of a grant's own, where the provider has token exchange."""

from __future__ import annotations

from functools import partial

from desktop_app.oauth.token import TokenResponse
from desktop_app.oauth.token_exchange import (
    ExchangeWish,
    exchange_request,
    parse_exchange_response,
)
from desktop_app.services.accounts import Grant
from desktop_app.services.tokens.bound_grants import check_as_wanted
from desktop_app.services.tokens.grants import grant_client
from desktop_app.services.tokens.less import Less
from desktop_app.services.tokens.proofs import Prover


async def exchanged_token(prover: Prover, grant: Grant, less: Less) -> TokenResponse:
    """Return a token for *less* than *grant* allows; its access token must still be good.

    Raises:
        TokenErrorResponse: If the provider says no.
        TokenResponseError: If it gives no access token, or one that allows more.
        ProviderUnreachableError: If it does not answer.

    Source: RFC 8693 section 2.
    """
    wish = ExchangeWish(
        subject_token=grant.access_token,
        scopes=less.scopes or grant.scopes_granted,
        resources=(less.resource,) if less.resource else grant.resources[:1],
    )
    request = partial(
        exchange_request,
        wish,
        endpoint=grant.token_endpoint,
        client=grant_client(grant),
        ca_file=grant.ca_file,
    )
    response = await prover.ask(grant.token_rules.making(request), key=grant.dpop_key)
    made = parse_exchange_response(response, scopes=wish.scopes)
    return check_as_wanted(made.tokens, grant.dpop_key)
