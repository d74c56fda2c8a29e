"""``/v1.0/openapi.json``: what all the others do."""

from __future__ import annotations

from typing import ClassVar

from desktop_app.v1_0.openapi import document
from desktop_app.web.base import ApiHandler


class OpenApiHandler(ApiHandler):
    """``GET``: the OpenAPI document."""

    while_locked: ClassVar[bool] = True

    async def get(self) -> None:
        """Answer the document."""
        self.write_json(document())
