"""``/v1.0/ways``: how to get to a server, for a program that goes there itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from desktop_app.v1_0.schemas.ways import WayBody, WayWish
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.providers.ways import Ways


class WaysHandler(ApiHandler):
    """``POST``: the proxy and the further authority that the person wants used for a server."""

    bodies: ClassVar = {"POST": WayWish}

    def initialize(self, ways: Ways) -> None:
        """Take what knows the ways."""
        self._ways = ways

    async def post(self) -> None:
        """Answer the way."""
        way = self._ways.to(self.body.url)
        self.write_json(
            WayBody(proxy=way.proxy, has_password=way.has_password, ca_file=way.ca_file)
        )
