"""Token exchange: a token for less, or for another server, made out of one that is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import TokenResponseError
from desktop_app.oauth.form import FormValue
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.oauth.resource_indicators import resource_fields
from desktop_app.oauth.scopes import difference, format_scope
from desktop_app.oauth.token import TokenResponse, parse_token_response
from desktop_app.oauth.token_request import client_request

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"

_TO_SEND = frozenset({ACCESS_TOKEN, JWT})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangedToken:
    """The new token; ``issued_token_type`` says what it is."""

    tokens: TokenResponse
    issued_token_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeWish:
    """What is to be made out of which token.

    Attributes:
        subject_token: For whom: the person's token.
        subject_token_type: What it is, one of the constants here.
        requested_token_type: What is wanted, None for what the provider finds fit.
        scopes: All that the new token shall allow.
        resources: Where it shall be good, as addresses.
        audiences: Where it shall be good, as names that the provider knows.
    """

    subject_token: str = field(repr=False)
    subject_token_type: str = ACCESS_TOKEN
    requested_token_type: str | None = ACCESS_TOKEN
    scopes: Sequence[str] = ()
    resources: Sequence[str] = ()
    audiences: Sequence[str] = ()


def exchange_request(
    wish: ExchangeWish,
    *,
    endpoint: str,
    client: Client,
    now: float,
    random: RandomBytes,
    audience: str | None = None,
    ca_file: str | None = None,
) -> HttpRequest:
    """Return the request for the token of *wish*; *audience* is for a signed assertion.

    Raises:
        EndpointError: If *endpoint* is not one to send a token to.
        ClientCredentialError: If the client's secret or key is missing.
        ScopeError: If a scope has a character that is not allowed.
        ResourceError: If one of the resources is no address.

    Source: RFC 8693 section 2.1.
    """
    return client_request(
        endpoint,
        _form(wish),
        name="token_endpoint",
        client=client,
        audience=audience,
        now=now,
        random=random,
        ca_file=ca_file,
    )


def _form(wish: ExchangeWish) -> dict[str, FormValue]:
    form: dict[str, FormValue] = {
        "grant_type": GRANT_TYPE,
        "subject_token": wish.subject_token,
        "subject_token_type": wish.subject_token_type,
        "requested_token_type": wish.requested_token_type or "",
        "scope": format_scope(wish.scopes),
        "audience": tuple(dict.fromkeys(wish.audiences)),
        **resource_fields(wish.resources),
    }
    return {name: value for name, value in form.items() if value}


def parse_exchange_response(
    response: HttpResponse, *, scopes: Sequence[str] = ()
) -> ExchangedToken:
    """Return the new token in *response*, if it is one that can be lent.

    Args:
        response: The answer to ``exchange_request``.
        scopes: What was asked for; a token that is known to allow more is refused.

    Raises:
        InvalidGrantError: If the subject token is no longer good.
        InvalidTargetError: If the provider gives none for that resource or audience.
        TokenErrorResponse: If it says no for another reason.
        TokenResponseError: If it is no token response, no access token, or allows more.

    Source: RFC 8693 section 2.2.
    """
    tokens = parse_token_response(response)
    issued = tokens.extra.get("issued_token_type")
    if not isinstance(issued, str) or issued not in _TO_SEND:
        raise TokenResponseError("it does not say that it gives an access token")
    if scopes and difference(scopes, tokens.scope or ()).unasked:
        # The point of the exchange is that the borrower can do no more than was approved.
        raise TokenResponseError("its token allows more than was asked for")
    return ExchangedToken(tokens=tokens, issued_token_type=issued)
