"""``/v1.0/expirations``: which accounts end when, and which renew themselves."""

from __future__ import annotations

from desktop_app.services.upkeep.expirations import Expirations
from desktop_app.v1_0.schemas.expirations import expiration_list
from desktop_app.web.base import ApiHandler


class ExpirationsHandler(ApiHandler):
    """``GET``: the calendar."""

    def initialize(self, expirations: Expirations) -> None:
        """Take the calendar."""
        self._expirations = expirations

    async def get(self) -> None:
        """Answer every account, what needs the person first."""
        self.write_json(expiration_list(self._expirations.list()))
