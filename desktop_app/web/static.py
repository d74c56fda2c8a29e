"""Stylesheets, scripts and pictures: the same for everybody, but for no foreign page."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from tornado.web import StaticFileHandler

from desktop_app.web.base import BaseHandler

_SCRIPTS = "js/"
_VERSION = re.compile(r"~[0-9a-f]{12}/")


class StaticHandler(BaseHandler, StaticFileHandler):
    """Serves ``ui/static``; it holds nothing personal, so ``/signed-out`` may use it too.

    Scripts import each other by relative addresses, which carry no ``?v=``. The version of all
    of them stands in the path instead, where it is inherited: no page asks for a module twice.
    """

    public: ClassVar[bool] = True
    while_locked: ClassVar[bool] = True

    async def head(self, *args: str, **_named: str) -> None:
        """Answer as ``GET`` would, as Tornado does it for files."""
        await StaticFileHandler.head(self, args[0])

    @classmethod
    def make_static_url(
        cls, settings: dict[str, Any], path: str, include_version: bool = True
    ) -> str:
        """Return the address of *path* under ``static_path``."""
        if not include_version or not path.startswith(_SCRIPTS):
            return super().make_static_url(settings, path, include_version)
        return f"/static/~{cls._version_of_scripts(settings)}/{path}"

    @classmethod
    def _version_of_scripts(cls, settings: dict[str, Any]) -> str:
        folder = Path(settings["static_path"])
        paths = sorted((folder / _SCRIPTS).glob("*.js"))
        versions = [cls.get_version(settings, str(path.relative_to(folder))) for path in paths]
        return hashlib.sha256(repr(versions).encode()).hexdigest()[:12]

    def parse_url_path(self, url_path: str) -> str:
        """Return the file's path: what is asked for without the version."""
        begun = _VERSION.match(url_path)
        self._versioned = begun is not None
        return super().parse_url_path(url_path[begun.end() :] if begun else url_path)

    def get_cache_time(self, path: str, modified: datetime | None, mime_type: str) -> int:
        """Return for how many seconds the answer may be kept."""
        kept = super().get_cache_time(path, modified, mime_type)
        return self.CACHE_MAX_AGE if self._versioned else kept
