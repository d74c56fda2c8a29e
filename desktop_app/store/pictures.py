"""Profile pictures, sealed beside the profiles so that they show offline."""

from __future__ import annotations

import msgspec

from desktop_app.services.accounts import Picture
from desktop_app.store.collection import to_document
from desktop_app.store.database import Database

_TABLE = "pictures"


class PictureStore:
    """Implements ``services.ports.PictureStore``; every method raises ``LockedError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, profile_id: str) -> Picture | None:
        """Return one profile's picture, or None."""
        document = self._database.table(_TABLE).document(profile_id)
        return None if document is None else msgspec.convert(document, Picture)

    async def save(self, picture: Picture) -> None:
        """Insert or replace a picture; on the disk when it returns."""
        await self._database.table(_TABLE).put(picture.profile_id, to_document(picture))

    async def delete(self, profile_id: str) -> None:
        """Forget a picture; on the disk when it returns."""
        await self._database.table(_TABLE).drop(profile_id)
