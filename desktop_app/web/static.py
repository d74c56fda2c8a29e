"""Stylesheets, scripts and pictures: the same for everybody, but for no foreign page."""

from __future__ import annotations

from typing import ClassVar

from tornado.web import StaticFileHandler

from desktop_app.web.base import BaseHandler


class StaticHandler(BaseHandler, StaticFileHandler):
    """Serves ``ui/static``; it holds nothing personal, so ``/signed-out`` may use it too."""

    public: ClassVar[bool] = True
    while_locked: ClassVar[bool] = True

    async def head(self, *args: str, **_named: str) -> None:
        """Answer as ``GET`` would, as Tornado does it for files."""
        await StaticFileHandler.head(self, args[0])
