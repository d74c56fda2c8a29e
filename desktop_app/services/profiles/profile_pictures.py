"""Fetching the picture of a profile after a sign-in or a renewal, as far as that goes."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from desktop_app.errors import AppError
from desktop_app.services.accounts import Profile
from desktop_app.services.ports import HttpClient
from desktop_app.services.profiles.pictures import fetch_picture
from desktop_app.services.profiles.profiles import ProfileService

_log = logging.getLogger(__name__)

_LIMIT_SECONDS: Final = 20.0


class ProfilePictures:
    """Keeps profiles' pictures up to date; what goes wrong costs the picture, nothing else."""

    def __init__(self, *, profiles: ProfileService, http: HttpClient) -> None:
        self._profiles = profiles
        self._http = http

    async def refresh(self, profile: Profile) -> None:
        """Fetch and keep the picture of *profile*, if it has one."""
        if not profile.avatar_url or profile.grant is None:
            return
        try:
            async with asyncio.timeout(_LIMIT_SECONDS):
                png = await fetch_picture(
                    self._http,
                    profile.avatar_url,
                    by=profile.grant.token_endpoint,
                    ca_file=profile.grant.ca_file,
                )
                await self._profiles.keep_picture(profile.id, png, profile.avatar_url)
        except (AppError, TimeoutError) as error:
            _log.info("No picture for the profile %s: %s", profile.id, error)
