"""Backups and their way back, put together."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cached_property

from desktop_app import __version__
from desktop_app.services.backup.making import BackupService
from desktop_app.services.backup.ports import PhotoService, Sealer
from desktop_app.services.backup.restoring import RestoreService
from desktop_app.services.lending.loans import Proof
from desktop_app.services.locking.lock import LockService
from desktop_app.services.ports import Clock, Publish
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.settings import SettingsService
from desktop_app.store.contents import ContentsStore
from desktop_app.store.database import Database
from desktop_app.store.documents import DocumentStore


class Backups:
    """Both services, made when first asked for.

    Args:
        lock: Gives what proves the person; asked for late, because it ends what is made here.
    """

    def __init__(
        self,
        *,
        database: Database,
        sealer: Sealer,
        profiles: ProfileService,
        settings: SettingsService,
        photos: PhotoService,
        is_preset: Callable[[str], bool],
        lock: Callable[[], LockService],
        clock: Clock,
        publish: Publish,
    ) -> None:
        self._database = database
        self._store = ContentsStore(database)
        self._sealer = sealer
        self._profiles = profiles
        self._settings = settings
        self._photos = photos
        self._is_preset = is_preset
        self._lock = lock
        self._clock = clock
        self._publish = publish

    @cached_property
    def making(self) -> BackupService:
        """Makes backups."""
        return BackupService(
            store=self._store,
            documents=DocumentStore(self._database),
            sealer=self._sealer,
            settings=self._settings,
            prove=self._prove,
            clock=self._clock,
            random=secrets.token_bytes,
            made_by=f"Coatcheck {__version__}",
        )

    @cached_property
    def restoring(self) -> RestoreService:
        """Restores them."""
        return RestoreService(
            store=self._store,
            sealer=self._sealer,
            profiles=self._profiles,
            settings=self._settings,
            is_preset=self._is_preset,
            photos=self._photos,
            prove=self._prove,
            clock=self._clock,
            random=secrets.token_bytes,
            publish=self._publish,
        )

    async def close(self) -> None:
        """Forget what is kept of either for some minutes."""
        await self.making.close()
        await self.restoring.close()

    async def _prove(self, proof: Proof) -> None:
        # Looked up late: the lock closes this before it locks.
        await self._lock().keys.prove(proof)
