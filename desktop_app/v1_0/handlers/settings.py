"""``/v1.0/settings``: what the person has chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import msgspec

from desktop_app.services.settings import Settings, SettingsService
from desktop_app.v1_0.schemas.program import SettingsChange
from desktop_app.web.base import ApiHandler


class SettingsHandler(ApiHandler):
    """``GET``: the settings. ``PATCH``: change some; the person alone."""

    while_locked: ClassVar[bool] = True
    bodies: ClassVar = {"PATCH": SettingsChange}

    def initialize(self, settings: SettingsService) -> None:
        """Take the settings."""
        self._settings = settings

    def check_person(self) -> None:
        """Refuse a program that wants more than to look."""
        if self.request.method == "PATCH":
            self.require_person()

    async def get(self) -> None:
        """Answer the settings."""
        self.write_json(self._shown(self._settings.get()))

    async def patch(self) -> None:
        """Change the settings that are named and answer all."""
        changed = await self._settings.change(msgspec.to_builtins(self.body))
        self.write_json(self._shown(changed))

    def _shown(self, settings: Settings) -> Settings:
        # A proxy's address may hold a password, which is none of a program's business.
        is_person = self.caller is not None and self.caller.is_person
        return settings if is_person else replace(settings, proxy="")
