"""``/v1.0/settings``: what the person has chosen."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from desktop_app.services.settings import SettingsService
from desktop_app.v1_0.schemas.program import SettingsChange
from desktop_app.web.base import ApiHandler


class SettingsHandler(ApiHandler):
    """``GET``: the settings. ``PATCH``: change some. Both for the person alone."""

    person_only: ClassVar[bool] = True
    while_locked: ClassVar[bool] = True
    bodies: ClassVar = {"PATCH": SettingsChange}

    def initialize(self, settings: SettingsService) -> None:
        """Take the settings."""
        self._settings = settings

    async def get(self) -> None:
        """Answer the settings."""
        self.write_json(self._settings.get())

    async def patch(self) -> None:
        """Change the settings that are named and answer all."""
        self.write_json(await self._settings.change(msgspec.to_builtins(self.body)))
