"""Asking a provider what it knows about the access that it gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.oauth.introspection import introspection_request, parse_introspection_response
from desktop_app.services.accounts import Profile
from desktop_app.services.errors import NeedsSignInError, NotSupportedError
from desktop_app.services.exchange import ask
from desktop_app.services.ports import Clock, HttpClient, RandomBytes
from desktop_app.services.tokens.grants import grant_client


class Introspections:
    """Looks access tokens up, at the endpoint pinned in the grant."""

    def __init__(self, *, http: HttpClient, clock: Clock, random: RandomBytes) -> None:
        self._http = http
        self._clock = clock
        self._random = random

    async def introspect(self, profile: Profile) -> Mapping[str, Any]:
        """Return what the provider says about the access token of *profile*.

        Raises:
            NotSupportedError: If the provider offers no introspection.
            NeedsSignInError: If there is no token any more.
            IntrospectionError: If it does not say.
            ProviderUnreachableError: If it does not answer.

        Source: RFC 7662 section 2.
        """
        grant = profile.grant
        if grant is None or not grant.access_token:
            raise NeedsSignInError
        if not grant.introspection_endpoint:
            raise NotSupportedError(what="looking up what it knows about this access")
        request = introspection_request(
            endpoint=grant.introspection_endpoint,
            client=grant_client(grant),
            token=grant.access_token,
            token_type_hint="access_token",
            now=self._clock(),
            random=self._random,
            audience=grant.token_endpoint,
            ca_file=grant.ca_file,
        )
        return parse_introspection_response(await ask(self._http, request))
