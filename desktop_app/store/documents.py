"""Small named documents of JSON values, sealed: settings, the photo service's state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.store.database import Database

_TABLE = "documents"


class DocumentStore:
    """Implements ``services.ports.DocumentStore``; every method raises ``LockedError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Mapping[str, Any] | None:
        """Return a copy of one document, or None."""
        return self._database.table(_TABLE).document(name)

    async def save(self, name: str, document: Mapping[str, Any]) -> None:
        """Insert or replace a document; on the disk when it returns.

        Raises:
            TypeError: It holds something that is not JSON.
        """
        await self._database.table(_TABLE).put(name, document)

    async def delete(self, name: str) -> None:
        """Forget a document; on the disk when it returns."""
        await self._database.table(_TABLE).drop(name)
