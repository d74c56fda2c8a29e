"""``/v1.0/demo``: try lending with the built-in printing service."""

from __future__ import annotations

from typing import ClassVar

from desktop_app.errors import NotFoundError
from desktop_app.services.photos import PHOTOS_OLDER
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.v1_0.schemas.program import PrintWish, SheetBody
from desktop_app.web.base import ApiHandler
from desktop_app.web.services import Printing


class _DemoHandler(ApiHandler):
    person_only: ClassVar[bool] = True

    def initialize(self, demo: Printing | None, profiles: ProfileService) -> None:
        """Take the printing service, or None where it does not run, and the profiles."""
        self._demo = demo
        self._profiles = profiles

    def _printing(self) -> Printing:
        if self._demo is None:
            raise NotFoundError
        return self._demo


class PrintHandler(_DemoHandler):
    """``POST``: lend the photos of one profile to the printing service."""

    bodies: ClassVar = {"POST": PrintWish}

    async def post(self) -> None:
        """Have a contact sheet made and answer where it is."""
        profile = self._profiles.resolve(self.body.profile_id)
        signs = profile.provider == PHOTOS_OLDER
        sheet = await self._printing().print_sheet(profile.id, signs=signs)
        url = self.reverse_url("api-demo-sheet", sheet.id)
        self.set_header("Location", url)
        self.write_json(SheetBody(id=sheet.id, photos=sheet.photos, url=url), 201)


class SheetHandler(_DemoHandler):
    """``GET``: the contact sheet, a PNG."""

    async def get(self, sheet_id: str) -> None:
        """Answer the picture."""
        png = self._printing().sheet(sheet_id)
        self.set_header("Content-Type", "image/png")
        self.write(png)
