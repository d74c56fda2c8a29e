"""Looks into a backup, says what restoring it does, and does it in one durable step."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from desktop_app.errors import AppError
from desktop_app.services import events
from desktop_app.services.backup.account_merging import AccountStep
from desktop_app.services.backup.backup_errors import BackupTooLargeError
from desktop_app.services.backup.checking import checked
from desktop_app.services.backup.contents import LAST_BACKUP
from desktop_app.services.backup.document import MOST_BYTES, BackupDocument, decode
from desktop_app.services.backup.held import Held
from desktop_app.services.backup.making import SETTINGS
from desktop_app.services.backup.merging import Plan, Surroundings, merge
from desktop_app.services.backup.ports import ContentsStore, PhotoService, Prove, Sealer
from desktop_app.services.lending.loans import Proof
from desktop_app.services.ports import Clock, Publish, RandomBytes
from desktop_app.services.profiles.naming import sort_key
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.settings import Settings, SettingsService

MOST_SEALED: Final = MOST_BYTES + (MOST_BYTES >> 8)
"""Bytes that the age file of the largest backup has, and a little more."""

_ID_BYTES: Final = 10
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What restoring a backup does, or has done.

    Attributes:
        id: Under this the opened backup is kept for some minutes.
        made_at: Seconds since the epoch.
        providers: Names of the entries that come along.
        denials: How many programs are kept away again.
        renewable: How many of the accounts that come renew themselves: another machine that has
            them too will be in the way.
        restored: It is done; else this is a look ahead.
    """

    id: str
    made_at: float
    made_by: str
    steps: Sequence[AccountStep]
    providers: Sequence[str] = ()
    denials: int = 0
    renewable: int = 0
    restored: bool = False


class RestoreService:
    """Restores backups, for the person alone.

    Args:
        is_preset: Whether a provider's entry ships with Coatcheck.
        photos: The built-in photo service, whose keys may come out of a backup.
    """

    def __init__(
        self,
        *,
        store: ContentsStore,
        sealer: Sealer,
        profiles: ProfileService,
        settings: SettingsService,
        is_preset: Callable[[str], bool],
        photos: PhotoService,
        prove: Prove,
        clock: Clock,
        random: RandomBytes,
        publish: Publish,
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._profiles = profiles
        self._settings = settings
        self._is_preset = is_preset
        self._photos = photos
        self._prove = prove
        self._clock = clock
        self._random = random
        self._publish = publish
        self._held: Held[BackupDocument] = Held(clock=clock, random=random)

    async def open(self, sealed: bytes, passphrase: str, proof: Proof | None = None) -> Restoration:
        """Look into a backup and say what restoring it would do; nothing changes.

        Raises:
            LockedError: The proof is wrong, or the vault is locked.
            BackupError: It can't be opened or used; each subclass says why.
        """
        if proof is not None:
            await self._prove(proof)
        if len(sealed) > MOST_SEALED:
            raise BackupTooLargeError(MOST_BYTES)
        content = await self._sealer.open(sealed, passphrase)
        document = await asyncio.to_thread(_decoded, content)
        plan = await asyncio.to_thread(self._plan, document)
        # Not before: the vault may have been locked while the file was opened.
        held_id, _ = self._held.keep(document)
        return _told(held_id, document, plan)

    async def look(self, backup_id: str, proof: Proof | None = None) -> Restoration:
        """Say once more what restoring an opened backup would do, as things are now.

        Raises:
            BackupGoneError: It was opened too long ago.
            LockedError: The proof is wrong, or the vault is locked.
        """
        if proof is not None:
            await self._prove(proof)
        document = self._held.get(backup_id)
        plan = await asyncio.to_thread(self._plan, document)
        return _told(backup_id, document, plan)

    async def restore(self, backup_id: str, proof: Proof | None = None) -> Restoration:
        """Take over what is new in an opened backup: all of it in one step, or nothing.

        Raises:
            BackupGoneError: It was opened too long ago.
            LockedError: The proof is wrong, or the vault is locked.
            DiskFullError: There is no room; nothing has changed.
        """
        if proof is not None:
            await self._prove(proof)
        document = self._held.get(backup_id)
        first = not self._profiles.all()
        plan = await self._take_over(document)
        self._held.forget()
        self._tell(plan)
        if first:
            await self._take_settings(document.settings)
        return replace(_told(backup_id, document, plan), restored=True)

    async def close(self) -> None:
        """Forget what was opened: the vault is about to be locked."""
        self._held.forget()

    async def _take_over(self, document: BackupDocument) -> Plan:
        pauses = self._plan(document).photos
        if pauses:
            # It must not save its own keys over those of the backup.
            await self._photos.stop()
        try:
            # Nobody renews or signs in between the look and the write.
            async with self._profiles.standing_still:
                plan = self._plan(document)
                await self._store.write(plan.write)
        finally:
            if pauses:
                await self._photos.start()
        return plan

    def _plan(self, document: BackupDocument) -> Plan:
        around = Surroundings(
            now=self._clock(),
            new_id=self._new_id,
            is_preset=self._is_preset,
            allowed=self._store.allowed(),
        )
        here = self._store.read()
        plan = merge(here, document.contents, around)
        if LAST_BACKUP in here.documents:
            return plan
        noted = {**plan.write.documents, LAST_BACKUP: {"made_at": document.made}}
        return replace(plan, write=replace(plan.write, documents=noted))

    def _tell(self, plan: Plan) -> None:
        for provider in plan.write.providers:
            self._publish(events.PROVIDER_CHANGED, {"id": provider.id})
        for step in plan.changed:
            what = events.PROFILE_ADDED if step.action == "add" else events.PROFILE_CHANGED
            self._profiles.tell(what, step.profile)
        for profile_id in {loan.profile_id for loan in plan.write.denials}:
            self._publish(events.PROGRAMS_CHANGED, {"profile_id": profile_id})

    async def _take_settings(self, kept: Mapping[str, Any]) -> None:
        """Take over what the person has not chosen anew; an account is worth more than that."""
        mine, default = self._settings.get(), Settings()
        for name in SETTINGS:
            if name not in kept or getattr(mine, name) != getattr(default, name):
                continue
            try:
                await self._settings.change({name: kept[name]})
            except AppError as error:
                _log.warning("the setting %s of the backup is not taken: %s", name, error.code)

    def _new_id(self) -> str:
        return base64.b32encode(self._random(_ID_BYTES)).decode("ascii").lower()


def _decoded(content: bytes) -> BackupDocument:
    document = decode(content)
    return replace(document, contents=checked(document.contents))


def _told(backup_id: str, document: BackupDocument, plan: Plan) -> Restoration:
    grants = [step.profile.grant for step in plan.changed]
    return Restoration(
        id=backup_id,
        made_at=document.made,
        made_by=document.made_by,
        steps=sorted(plan.steps, key=lambda step: sort_key(step.profile)),
        providers=[each.name for each in plan.write.providers],
        denials=len(plan.write.denials),
        renewable=sum(grant is not None and grant.refresh_token is not None for grant in grants),
    )
