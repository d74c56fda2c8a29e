"""``/v1.0/profiles``: the accounts. An address takes an id or a name that fits only one."""

from __future__ import annotations

from typing import ClassVar

from desktop_app.errors import NotFoundError
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.v1_0.handlers.leaving import LeavingHandler
from desktop_app.v1_0.schemas.profiles import (
    ForgetQuery,
    ProfileChange,
    ProfilesQuery,
    profile_body,
    profile_list,
)
from desktop_app.web.base import ApiHandler
from desktop_app.web.json_body import parse_query


class ProfilesHandler(ApiHandler):
    """``GET``: one page of the profiles that match."""

    def initialize(self, profiles: ProfileService, providers: ProviderService) -> None:
        """Take the profiles, and the providers for the places that tokens may go to."""
        self._profiles = profiles
        self._providers = providers

    async def get(self) -> None:
        """Answer the profiles that the query fits."""
        wish = parse_query(self.request.query_arguments, ProfilesQuery)
        among = self._providers.sending_to(wish.token_host) if wish.token_host else None
        found = self._profiles.list(wish.query, wish.provider, wish.offset, wish.limit, among=among)
        self.write_json(profile_list(*found))


class ProfileHandler(LeavingHandler):
    """``GET``, ``PATCH`` and ``DELETE`` of one profile: see, name or forget it."""

    bodies: ClassVar = {"PATCH": ProfileChange}

    async def get(self, name: str) -> None:
        """Answer the profile."""
        self.write_json(profile_body(self._profiles.resolve(name)))

    async def patch(self, name: str) -> None:
        """Give it the person's own name and answer it."""
        profile = self._profiles.resolve(name)
        self.write_json(profile_body(await self._profiles.rename(profile.id, self.body.label)))

    async def delete(self, name: str) -> None:
        """Forget it here, after revoking it at the provider if that is asked for."""
        wish = parse_query(self.request.query_arguments, ForgetQuery)
        profile = self._profiles.resolve(name)
        leaving = self.leaving(profile) if wish.sign_out else None
        if wish.revoke:
            await self._tokens.revoke(profile.id)
        await self._profiles.forget(profile.id)
        await self.leave(leaving)
        self.set_status(204)


class PictureHandler(ApiHandler):
    """``GET``: the profile's picture as it is kept here, a PNG."""

    def initialize(self, profiles: ProfileService) -> None:
        """Take the profiles."""
        self._profiles = profiles

    async def get(self, name: str) -> None:
        """Answer the picture.

        Raises:
            NotFoundError: If the profile has none.
        """
        picture = self._profiles.picture(self._profiles.resolve(name).id)
        if picture is None:
            raise NotFoundError
        self.set_header("Content-Type", "image/png")
        self.write(picture.png)
