"""``/v1.0/protected-resources``: which provider a server trusts, asked of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from desktop_app.v1_0.schemas.protected_resources import ResourceWish, resource_body
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.providers.protected_resources import ProtectedResources


class ProtectedResourcesHandler(ApiHandler):
    """``POST``: the provider of a server, registered with, and the accounts that have access."""

    bodies: ClassVar = {"POST": ResourceWish}

    def initialize(self, protected_resources: ProtectedResources) -> None:
        """Take what asks the server."""
        self._resources = protected_resources

    async def post(self) -> None:
        """Answer how to get in."""
        wish: ResourceWish = self.body
        self.write_json(resource_body(await self._resources.find(wish.url, wish.challenge)))
