"""Makes backups: everything that a person would miss, sealed with a passphrase of their choice."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import Final

from desktop_app.errors import AppError
from desktop_app.services.backup.backup_errors import BackupTooLargeError
from desktop_app.services.backup.contents import LAST_BACKUP
from desktop_app.services.backup.document import BackupDocument, encode, moment_text
from desktop_app.services.backup.held import Held
from desktop_app.services.backup.ports import ContentsStore, Prove, Sealer
from desktop_app.services.lending.loans import Proof
from desktop_app.services.ports import Clock, DocumentStore, RandomBytes
from desktop_app.services.settings import SettingsService

SETTINGS: Final = ("language", "theme", "auto_lock_minutes", "default_lending", "proxy")
"""What starts at login is this machine's own; the others are the person's."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBackup:
    """A backup as it goes out.

    Attributes:
        name: What its file might be called.
        profiles: How many accounts are in it.
        made_at: Seconds since the epoch.
    """

    content: bytes = field(repr=False)
    name: str
    profiles: int
    made_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedBackup:
    """A backup that waits to be fetched.

    Attributes:
        until: Seconds since the epoch.
    """

    id: str
    backup: SealedBackup
    until: float


class BackupService:
    """Makes backups, for the person alone.

    Args:
        documents: Where it is kept when the last one was made.
        made_by: Written into a backup: the program and its version.
    """

    def __init__(
        self,
        *,
        store: ContentsStore,
        documents: DocumentStore,
        sealer: Sealer,
        settings: SettingsService,
        prove: Prove,
        clock: Clock,
        random: RandomBytes,
        made_by: str,
    ) -> None:
        self._store = store
        self._documents = documents
        self._sealer = sealer
        self._settings = settings
        self._prove = prove
        self._clock = clock
        self._made_by = made_by
        self._held: Held[SealedBackup] = Held(clock=clock, random=random)

    @property
    def last_made_at(self) -> float | None:
        """When the last backup was made, in seconds since the epoch; None if none ever was.

        Raises:
            LockedError: The vault is locked.
        """
        found = (self._documents.get(LAST_BACKUP) or {}).get("made_at")
        return float(found) if isinstance(found, int | float) else None

    async def make(self, passphrase: str, proof: Proof | None = None) -> SealedBackup:
        """Seal everything with *passphrase* and return it.

        Args:
            passphrase: Of the person's choice; nobody can open the file without it.
            proof: Shows a command to be in the person's hand; None for their own session.

        Raises:
            LockedError: The proof is wrong, or the vault is locked.
            WeakPassphraseError: The passphrase is too short.
            BackupTooLargeError: There is more than a backup can hold.
            SealingError: It could not be sealed.
        """
        if proof is not None:
            await self._prove(proof)
        made = await self._sealed(passphrase)
        await self._note(made.made_at)
        return made

    async def prepare(self, passphrase: str) -> PreparedBackup:
        """Make a backup and keep it for some minutes, for the person to fetch.

        Raises:
            AppError: As `make` says.
        """
        made = await self._sealed(passphrase)
        held_id, until = self._held.keep(made)
        return PreparedBackup(id=held_id, backup=made, until=until)

    async def fetch(self, backup_id: str) -> SealedBackup:
        """Return what `prepare` keeps; only now is it a backup that the person has.

        Raises:
            BackupGoneError: It was kept long enough.
        """
        made = self._held.get(backup_id)
        await self._note(made.made_at)
        return made

    async def close(self) -> None:
        """Forget what is kept for a while: the vault is about to be locked."""
        self._held.forget()

    async def _sealed(self, passphrase: str) -> SealedBackup:
        document = await asyncio.to_thread(self._document)
        content = await asyncio.to_thread(_encoded, document)
        sealed = await self._sealer.seal(content, passphrase)
        return SealedBackup(
            content=sealed,
            name=f"coatcheck-{document.made_at[:10]}.age",
            profiles=len(document.contents.profiles),
            made_at=document.made,
        )

    def _document(self) -> BackupDocument:
        contents = self._store.read()
        documents = {k: v for k, v in contents.documents.items() if k != LAST_BACKUP}
        settings = self._settings.get()
        return BackupDocument(
            made_at=moment_text(self._clock()),
            made_by=self._made_by,
            settings={name: getattr(settings, name) for name in SETTINGS},
            contents=replace(contents, documents=documents),
        )

    async def _note(self, made_at: float) -> None:
        try:
            await self._documents.save(LAST_BACKUP, {"made_at": made_at})
        except AppError as error:
            # A full disk is the best reason to have a backup.
            _log.warning("when the backup was made is not kept: %s", error.code)


def _encoded(document: BackupDocument) -> bytes:
    try:
        return encode(document)
    except BackupTooLargeError:
        # Pictures can be had again; what is left is what counts.
        return encode(replace(document, contents=replace(document.contents, pictures=())))
