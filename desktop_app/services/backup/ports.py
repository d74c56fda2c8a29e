"""What backups need from outside: something that seals, and what is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from desktop_app.services.backup.contents import Contents
from desktop_app.services.lending.loans import Loan, Proof

Prove = Callable[[Proof], Awaitable[None]]
"""Returns if the proof shows the person; raises ``LockedError`` otherwise."""


class Sealer(Protocol):
    """Seals and opens age files with a passphrase."""

    async def seal(self, content: bytes, passphrase: str) -> bytes:
        """Return *content* as an age file that *passphrase* opens.

        Raises:
            WeakPassphraseError: The passphrase is too short.
            SealingError: It could not be done.
        """

    async def open(self, sealed: bytes, passphrase: str) -> bytes:
        """Return what is in *sealed*.

        Raises:
            BackupError: It can't be opened; each subclass says why.
        """


class ContentsStore(Protocol):
    """Everything that a backup is about; every method raises ``LockedError`` while locked."""

    def read(self) -> Contents:
        """Return everything as it is now."""

    def allowed(self) -> Sequence[Loan]:
        """Return what programs are allowed, which is no part of a backup."""

    async def write(self, contents: Contents) -> None:
        """Insert or replace all of *contents*: every part of it or none; durable when it returns.

        Raises:
            DiskFullError: There is no room; nothing has changed.
            StoreError: The disk fails; nothing has changed.
        """


class PhotoService(Protocol):
    """The built-in photo service, see ``services/photos.py``."""

    async def start(self) -> None:
        """Serve, with the keys that are kept now."""

    async def stop(self) -> None:
        """End."""
