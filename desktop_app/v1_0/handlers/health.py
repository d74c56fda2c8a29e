"""``/v1.0/health``: that the program is there."""

from __future__ import annotations

from typing import ClassVar

from msgspec import UNSET, UnsetType

from desktop_app import __version__
from desktop_app.services.ports import Vault
from desktop_app.services.profiles import ProfileService
from desktop_app.v1_0.schemas.program import HealthBody
from desktop_app.web.base import ApiHandler


class HealthHandler(ApiHandler):
    """``GET``: status, version and locked for anybody; the count for callers alone."""

    public: ClassVar[bool] = True
    while_locked: ClassVar[bool] = True

    def initialize(self, keys: Vault, profiles: ProfileService) -> None:
        """Take the vault, for its state, and the profiles, to count them."""
        self._keys = keys
        self._profiles = profiles

    async def get(self) -> None:
        """Answer how the program is."""
        locked = self._keys.state != "unlocked"
        count = self._count(locked=locked)
        self.write_json(HealthBody(status="ok", version=__version__, locked=locked, profiles=count))

    def _count(self, *, locked: bool) -> int | UnsetType | None:
        if self.caller is None:
            return UNSET
        return None if locked else self._profiles.list(limit=0)[1]
