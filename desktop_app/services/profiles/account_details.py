"""Bringing up to date what a provider says about a known account."""

from __future__ import annotations

import logging
from typing import Final

from desktop_app.errors import AppError
from desktop_app.oauth.errors import UserinfoError
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import NeedsSignInError
from desktop_app.services.ports import HttpClient
from desktop_app.services.profiles.identities import IdentityReader
from desktop_app.services.profiles.profile_pictures import ProfilePictures
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.tokens.ended_grants import EndedGrants

_log = logging.getLogger(__name__)

_REFUSED: Final = frozenset({401, 403})


class AccountDetails:
    """Asks for an account's details with its grant, and keeps them and the picture."""

    def __init__(
        self,
        *,
        profiles: ProfileService,
        providers: ProviderService,
        identities: IdentityReader,
        ended: EndedGrants,
        http: HttpClient,
    ) -> None:
        self._profiles = profiles
        self._providers = providers
        self._identities = identities
        self._ended = ended
        self._pictures = ProfilePictures(profiles=profiles, http=http)

    async def refresh_if_possible(self, profile: Profile) -> Profile:
        """Return the profile with new details; as it is, if they don't come."""
        try:
            return await self._refreshed(profile)
        except AppError as error:
            _log.info("The details of %s stay as they were: %s", profile.id, error.code)
            return profile

    async def refresh_or_end(self, profile: Profile, grant: Grant) -> Profile:
        """Return the profile with new details; a refusal ends *grant*, which can't be renewed.

        Raises:
            NeedsSignInError: If the provider refuses the access token.
            ProviderUnreachableError: If the provider does not answer.
            OAuthError: If its answer can't be used.
        """
        try:
            return await self._refreshed(profile)
        except UserinfoError as error:
            if error.fields.get("status") not in _REFUSED:
                raise
            await self._ended.mark(profile.id, grant)
            raise NeedsSignInError from error

    async def _refreshed(self, profile: Profile) -> Profile:
        provider = self._providers.get(profile.provider)
        identity = await self._identities.renewed(provider, profile)
        if identity is None:
            return profile
        profile = await self._profiles.seen(profile.id, identity)
        await self._pictures.refresh(profile)
        return profile
