"""What is asked of a provider about a client of ours: make it, look, change it, delete it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop_app.oauth.client_metadata import ClientMetadata
from desktop_app.oauth.errors import InvalidClientError, OAuthError, RegistrationError
from desktop_app.oauth.flow_errors import RegistrationGoneError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.registration import (
    Registration,
    check_usable,
    parse_registration_response,
    registration_request,
)
from desktop_app.oauth.registration_management import (
    can_be_managed,
    delete_request,
    parse_deletion_response,
    parse_management_response,
    read_request,
    update_request,
)
from desktop_app.oauth.token import parse_token_response
from desktop_app.oauth.token_request import client_request
from desktop_app.providers.model import Provider
from desktop_app.providers.rules import RegistrationRules
from desktop_app.services.exchange import ask
from desktop_app.services.ports import Clock, HttpClient, RandomBytes
from desktop_app.services.providers.registered_client import RegisteredClient, authentication_of
from desktop_app.services.providers.registration_wishes import CLIENT_NAME, Wish, first_wish


class RegistrationCalls:
    """Speaks RFC 7591 and RFC 7592, in a provider's own dialect where its rules say so."""

    def __init__(self, *, http: HttpClient, clock: Clock, random: RandomBytes) -> None:
        self._http = http
        self._clock = clock
        self._random = random

    async def register(
        self, provider: Provider, metadata: ServerMetadata, scopes: Sequence[str]
    ) -> RegisteredClient:
        """Return a new client that may ask for *scopes* and what *provider*'s entry names.

        Raises:
            RegistrationError: If the provider offers no registration, or refuses it.
            EndpointError: If its address is not one to go to.
            ProviderUnreachableError: If it does not answer.
        """
        endpoint = metadata.registration_endpoint
        if endpoint is None:
            raise RegistrationError("it does not let programs register themselves")
        wish = first_wish(provider, metadata, scopes=scopes, random=self._random)
        registration, asked = await self._granted(provider, endpoint, wish)
        usable = _usable(registration, asked)
        return RegisteredClient(
            provider=provider.id,
            issuer=metadata.issuer,
            token_endpoint=metadata.token_endpoint or "",
            endpoint=endpoint,
            ca_file=provider.ca_file,
            registration=registration,
            redirect=provider.redirect,
            redirect_uris=usable.redirect_uris,
            scopes=usable.scopes or None,
            client_authentication=authentication_of(provider, metadata, registration),
            registered_at=self._clock(),
        )

    async def look(self, client: RegisteredClient, rules: RegistrationRules) -> Registration:
        """Return what the provider has registered; where it doesn't say, what is known.

        Raises:
            RegistrationGoneError: If it knows the client no more.
            RegistrationError: If its answer can't be used.
            ProviderUnreachableError: If it does not answer.
        """
        registration = client.registration
        if can_be_managed(registration):
            request = read_request(registration, ca_file=client.ca_file)
            return parse_management_response(await ask(self._http, request), registration)
        if rules.check == "client_credentials":
            await self._try_client(client)
        return registration

    async def widen(self, client: RegisteredClient, scopes: Sequence[str]) -> RegisteredClient:
        """Return *client* after the provider let it ask for *scopes*.

        Raises:
            RegistrationError: If the provider doesn't let it be changed.
            ProviderUnreachableError: If it does not answer.
        """
        wanted = tuple(dict.fromkeys(scopes))
        current = _described(client, wanted)
        request = update_request(client.registration, current, ca_file=client.ca_file)
        answer = await ask(self._http, request)
        registration = parse_management_response(answer, client.registration)
        check_usable(registration, current)
        return replace(client, registration=registration, scopes=wanted)

    async def delete(self, registration: Registration, *, ca_file: str | None) -> None:
        """Delete a client, where the provider lets that be done.

        Raises:
            RegistrationError: If it refuses.
            ProviderUnreachableError: If it does not answer.
        """
        if can_be_managed(registration):
            request = delete_request(registration, ca_file=ca_file)
            parse_deletion_response(await ask(self._http, request))

    async def _granted(
        self, provider: Provider, endpoint: str, wish: Wish
    ) -> tuple[Registration, ClientMetadata]:
        """Ask in the full way first, and with less if the provider refuses that."""
        try:
            return await self._asked(provider, endpoint, wish.client), wish.client
        except RegistrationError as error:
            following = wish.after(error)
            if following is None:
                raise
        return await self._granted(provider, endpoint, following)

    async def _asked(
        self, provider: Provider, endpoint: str, client: ClientMetadata
    ) -> Registration:
        request = registration_request(
            endpoint,
            client,
            shape=provider.registration.shape,
            initial_access_token=provider.initial_access_token,
            ca_file=provider.ca_file,
        )
        answer = await ask(self._http, request)
        return parse_registration_response(
            answer, endpoint=endpoint, with_token=provider.initial_access_token is not None
        )

    async def _try_client(self, client: RegisteredClient) -> None:
        """Ask for a token of the client's own, which nobody uses, to see that it is known."""
        request = client_request(
            client.token_endpoint,
            {"grant_type": "client_credentials"},
            name="token_endpoint",
            client=client.credentials,
            audience=client.token_endpoint,
            now=self._clock(),
            random=self._random,
            ca_file=client.ca_file,
        )
        response = await ask(self._http, request)
        try:
            parse_token_response(response)
        except InvalidClientError as error:
            raise RegistrationGoneError(status=response.status) from error
        except OAuthError:
            # Refused for another reason: the client itself is known.
            return


def _usable(registration: Registration, asked: ClientMetadata) -> ClientMetadata:
    """Return what of *asked* the provider registered; it may leave redirect URIs out."""
    told = registration.redirect_uris
    kept = tuple(uri for uri in asked.redirect_uris if uri in told)
    granted = replace(asked, redirect_uris=kept) if kept else asked
    check_usable(registration, granted)
    return granted


def _described(client: RegisteredClient, scopes: tuple[str, ...]) -> ClientMetadata:
    registration = client.registration
    return ClientMetadata(
        redirect_uris=registration.redirect_uris or client.redirect_uris,
        client_name=CLIENT_NAME,
        grant_types=registration.grant_types or ("authorization_code", "refresh_token"),
        token_endpoint_auth_method=registration.token_endpoint_auth_method or "",
        scopes=scopes,
    )
