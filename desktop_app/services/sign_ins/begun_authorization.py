"""An authorization request that has begun, and its address for the browser."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from desktop_app.oauth.authorization import (
    AuthorizationResponse,
    PendingAuthorization,
    accept_response,
    authorization_url,
)
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.endpoints import check_browser_url
from desktop_app.oauth.errors import AuthorizationResponseError, InvalidClientError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.pushed_authorization import (
    parse_pushed_response,
    pushed_authorization_url,
    pushed_request,
)
from desktop_app.oauth.signed_response import check_claimed_state, signed_response
from desktop_app.providers.model import Provider
from desktop_app.services.tokens.proofs import Prover

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunAuthorization:
    """An authorization request and all that its answer will need.

    The provider, its metadata and the client are those of the beginning: a change in between
    must not send the code to another place.

    Attributes:
        dpop_key: The key that the grant will be bound to, where that is wanted.
        by_reference: ``url`` only refers to the request, which was left with the provider.
    """

    provider: Provider
    metadata: ServerMetadata
    client: Client
    pending: PendingAuthorization
    dpop_key: str | None = field(default=None, repr=False)
    url: str = field(default="", repr=False)
    by_reference: bool = False

    @property
    def shown(self) -> Mapping[str, Any]:
        """What the outside sees of it."""
        return {
            "authorization_url": self.url,
            "redirect_uri": self.pending.redirect_uri,
            "expires_at": self.pending.expires_at,
        }

    def accept(self, response: AuthorizationResponse, *, now: float) -> AcceptedCode:
        """Return *response* with its code, if it is the one to this request.

        A signed one (JARM) only claims to be: its keys have to be asked for, which comes later.

        Raises:
            StateMismatchError: If it answers another request, or comes too late.
            AuthorizationResponseError: If it brings the provider's error.
            AuthorizationDeniedError: If the person said no.
            IssuerMismatchError: If another provider answers.
        """
        token = signed_response(response)
        if token is not None:
            check_claimed_state(self.pending, token, now=now)
            return AcceptedCode(begun=self, response=response, signed=token)
        code = accept_response(self.pending, response, now=now)
        return AcceptedCode(begun=self, response=response, code=code)

    @property
    def pushed(self) -> bool:
        """Whether ``url`` refers to a request left with the provider, and is good only once."""
        return self.metadata.pushed_authorization_request_endpoint is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCode:
    """The answer that was waited for, its code taken out.

    Attributes:
        signed: The token that it is in; not proven yet, so ``code`` is "".
    """

    begun: BegunAuthorization
    response: AuthorizationResponse = field(repr=False)
    code: str = field(default="", repr=False)
    signed: str | None = field(default=None, repr=False)


class Addresses:
    """Gives begun requests their addresses; leaves them with the provider where it takes them."""

    def __init__(self, prover: Prover) -> None:
        self._prover = prover

    async def give(self, begun: BegunAuthorization) -> BegunAuthorization:
        """Return *begun* with an address for the browser.

        Raises:
            EndpointError: If the address is none for a browser.
            ScopeError: If a scope has a character that is not allowed.
            OAuthError: If the request is to be left with the provider and it refuses it.
            ProviderUnreachableError: If the provider does not answer then.

        Source: RFC 6749 section 4.1.1, RFC 9126 section 4.
        """
        endpoint = begun.metadata.authorization_endpoint or ""
        reference = await self._reference(begun) if begun.pushed else None
        if reference is None:
            url = authorization_url(endpoint, begun.pending)
        else:
            client_id = begun.client.client_id
            url = pushed_authorization_url(endpoint, client_id=client_id, request_uri=reference)
        return replace(begun, url=check_browser_url(url), by_reference=reference is not None)

    async def _reference(self, begun: BegunAuthorization) -> str | None:
        """Return what stands for the request; None if it is to go the usual way.

        Where pushing is optional, not every client may do it; what else is wrong with the
        request, the provider's own page or the token endpoint says then.
        """
        try:
            return await self._pushed(begun)
        except (InvalidClientError, AuthorizationResponseError) as error:
            refused = isinstance(error, InvalidClientError) and begun.provider.register
            if refused or begun.metadata.require_pushed_authorization_requests:
                raise
            _log.info("The provider refuses the pushed request: %s", error.code)
            return None

    async def _pushed(self, begun: BegunAuthorization) -> str:
        request = partial(
            pushed_request,
            endpoint=begun.metadata.pushed_authorization_request_endpoint or "",
            client=begun.client,
            pending=begun.pending,
            audience=begun.metadata.token_endpoint,
            ca_file=begun.provider.ca_file,
        )
        return parse_pushed_response(await self._prover.ask(request, key=begun.dpop_key))
