"""The sealed store of one data folder: open while the vault is unlocked, one process at a time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from desktop_app.errors import LockedError
from desktop_app.files import OWNER_ONLY, move_aside
from desktop_app.services.keeping import StoreDamage
from desktop_app.services.ports import RandomBytes
from desktop_app.store.errors import StoreInUseError, as_store_error
from desktop_app.store.journal import Journal
from desktop_app.store.migrations import VERSION, migrate
from desktop_app.store.scan import JournalReport
from desktop_app.store.storage import JournalStorage, Watcher
from desktop_app.store.table import JournalDB, JournalTable

Reset = Callable[[], None]


class Database:
    """TinyDB over the journal at *path*.

    Args:
        path: The file, ``profiles.db``; ``profiles.db.lock`` beside it keeps others out.
        key: Gives the data key; raises ``LockedError`` while the vault is locked.
        random: For the journal's file id.
    """

    def __init__(
        self,
        path: Path,
        *,
        key: Callable[[], bytes],
        random: RandomBytes = secrets.token_bytes,
    ) -> None:
        self._path = path
        self._key = key
        self._random = random
        self._lock = FileLock(
            path.with_name(f"{path.name}.lock"), timeout=0, mode=OWNER_ONLY, thread_local=False
        )
        self._storage: JournalStorage | None = None
        self._tiny: JournalDB | None = None
        self._watchers: dict[str, tuple[Watcher, Reset]] = {}
        self._report: JournalReport | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def exists(self) -> bool:
        """Whether there is a file of it."""
        return self._path.exists()

    @property
    def is_open(self) -> bool:
        """Whether documents can be read."""
        return self._tiny is not None

    @property
    def report(self) -> JournalReport | None:
        """What was found at the last opening."""
        return self._report

    @property
    def damage(self) -> StoreDamage | None:
        """What was lost, as the last opening found it; None if nothing was."""
        report = self._report
        if report is None or report.clean:
            return None
        entries = max(report.missing, report.damaged, report.misplaced)
        return StoreDamage(entries=entries, kept_as=report.aside.name if report.aside else "")

    async def open(self) -> None:
        """Read everything into memory; nothing happens if it is open.

        Raises:
            LockedError: The vault is locked.
            StoreInUseError: Another process has it open.
            StoreVersionError: A newer Coatcheck wrote the file; it is untouched.
            ForeignStoreError: The file is no store, or of another vault; it is untouched.
            DiskFullError: There is no room to make it or to put it in order.
            StoreError: It can't be read or written.
        """
        async with self._one_at_a_time:
            if self._tiny is None:
                await asyncio.to_thread(self._open, self._key())

    async def close(self) -> None:
        """Finish what was written, then forget every document; it can be opened again."""
        async with self._one_at_a_time:
            storage, self._storage, self._tiny = self._storage, None, None
            self._forget()
            if storage is not None:
                await asyncio.to_thread(self._close, storage)

    async def set_aside(self, suffix: str) -> Path | None:
        """Close it and move the file to a name with *suffix*; None if there was none.

        Raises:
            StoreError: It can't be moved.
        """
        await self.close()
        try:
            return await asyncio.to_thread(move_aside, self._path, suffix)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise as_store_error(error) from error

    def table(self, name: str) -> JournalTable:
        """Return a table of the open database.

        Raises:
            LockedError: It is closed.
        """
        return self._opened().table(name)  # type: ignore[return-value]  # our table_class

    @property
    def tiny(self) -> JournalDB:
        """The TinyDB itself.

        Raises:
            LockedError: It is closed.
        """
        return self._opened()

    async def commit(self, changes: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        """Insert or replace documents, by table and id: all of them or none; then it is durable.

        Once begun it is carried out, even if the caller is cancelled.

        Raises:
            LockedError: It is closed.
            DiskFullError: No room; nothing has changed.
            StoreError: The disk failed; nothing has changed.
        """
        if self._storage is None:
            raise LockedError
        # Queued before anything else gets a turn: what it was made of is still so.
        future = self._storage.commit(changes)
        await asyncio.shield(asyncio.wrap_future(future))

    def watch(self, name: str, watcher: Watcher, reset: Reset) -> None:
        """Tell *watcher* of every document of a table at each opening and of each change.

        *reset* is called when the database closes. Both may be called in other threads.
        """
        self._watchers[name] = watcher, reset
        if self._storage is not None:
            self._storage.watch(name, watcher)

    def _opened(self) -> JournalDB:
        if self._tiny is None:
            raise LockedError
        return self._tiny

    def _open(self, key: bytes) -> None:
        self._acquire()
        try:
            storage = self._load(key)
        except BaseException:
            self._lock.release()
            raise
        for name, (watcher, _) in self._watchers.items():
            storage.watch(name, watcher)
        self._storage = storage
        self._tiny = JournalDB(storage=lambda: storage)

    def _acquire(self) -> None:
        try:
            self._lock.acquire()
        except Timeout as error:
            raise StoreInUseError from error
        except OSError as error:
            raise as_store_error(error) from error

    def _load(self, key: bytes) -> JournalStorage:
        journal = Journal(self._path, key=key, version=VERSION, random=self._random)
        payloads = journal.open()
        try:
            if journal.version < VERSION:
                payloads = _bring_up(journal, payloads)
        except BaseException:
            journal.close()
            raise
        self._report = journal.report
        return JournalStorage(journal, payloads)

    def _close(self, storage: JournalStorage) -> None:
        try:
            storage.close()
        finally:
            # Again, because writes that were under way have told the watchers meanwhile.
            self._forget()
            self._lock.release()

    def _forget(self) -> None:
        for _, reset in self._watchers.values():
            reset()


def _bring_up(journal: Journal, payloads: list[bytes]) -> list[bytes]:
    # The old file stays beside the new one: a migration may have a mistake.
    try:
        journal.copy_aside(f"version-{journal.version}")
    except OSError as error:
        raise as_store_error(error) from error
    migrated = migrate(payloads, journal.version)
    journal.replace(migrated)
    return migrated
