"""``/v1.0/health``: that the program is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import UNSET, UnsetType

from desktop_app import __version__
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.v1_0.schemas.program import HealthBody
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.locking.lock import LockService


class HealthHandler(ApiHandler):
    """``GET``: status, version and locked for anybody; the count for callers alone."""

    public: ClassVar[bool] = True
    while_locked: ClassVar[bool] = True

    def initialize(self, lock: LockService, profiles: ProfileService) -> None:
        """Take the lock, for its state, and the profiles, to count them."""
        self._lock = lock
        self._profiles = profiles

    async def get(self) -> None:
        """Answer how the program is."""
        locked = self._lock.locked
        count = self._count(locked=locked)
        self.write_json(HealthBody(status="ok", version=__version__, locked=locked, profiles=count))

    def _count(self, *, locked: bool) -> int | UnsetType | None:
        if self.caller is None:
            return UNSET
        return None if locked else self._profiles.list(limit=0)[1]
