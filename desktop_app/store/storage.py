"""TinyDB's Storage over the journal: documents in memory, each change one sealed record."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from tinydb.storages import Storage

from desktop_app.store.errors import StoreError
from desktop_app.store.frames import RECORD_OVERHEAD
from desktop_app.store.journal import Journal
from desktop_app.store.records import (
    Change,
    Document,
    Tables,
    copy_document,
    decode_record,
    encode_record,
)
from desktop_app.store.writer import Writer

_logger = logging.getLogger(__name__)

# Below this a compaction saves nothing worth a rewrite.
_LEAST_GARBAGE = 64 << 10

Watcher = Callable[[str, Document | None], None]
"""Called in the writer's thread with a document that has become durable; None: removed."""


class TableView(Mapping[str, Document]):
    """One table as it is on the disk now; safe to walk through while the writer writes."""

    def __init__(self, documents: dict[str, Document], lock: threading.Lock) -> None:
        self._documents = documents
        self._lock = lock

    def __getitem__(self, doc_id: str) -> Document:
        return self._documents[doc_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.snapshot())

    def __len__(self) -> int:
        return len(self._documents)

    def items(self) -> Any:
        """All ids and documents of this moment."""
        return self.snapshot().items()

    def snapshot(self) -> dict[str, Document]:
        """A copy of the table; the documents are shared, so don't change them."""
        with self._lock:
            return dict(self._documents)


class JournalStorage(Storage):
    """Keeps the tables in memory and writes what changes, and only that, to the journal.

    Memory changes after the record is durable, so a failed write changes nothing.
    """

    def __init__(self, journal: Journal, payloads: Iterable[bytes]) -> None:
        self._journal = journal
        self._tables: Tables = {}
        self._sizes: dict[tuple[str, str], int] = {}
        self._live = 0
        self._unknown: list[bytes] = []
        self._watchers: dict[str, Watcher] = {}
        self._lock = threading.Lock()
        self._tidy_at = _LEAST_GARBAGE
        for payload in payloads:
            self._replay(payload)
        self._writer: Writer[Sequence[bytes]] = Writer(self._write, self._tidy)

    def read(self) -> Tables:
        """Return a copy of everything."""
        with self._lock:
            return {
                name: {doc_id: copy_document(document) for doc_id, document in table.items()}
                for name, table in self._tables.items()
                if table
            }

    def write(self, data: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        """Make *data* the whole content; writes a record for each document that differs."""
        before = self.read()
        changes: dict[tuple[str, str], Mapping[str, Any] | None] = {}
        for name in before.keys() | data.keys():
            old, new = before.get(name, {}), data.get(name, {})
            for doc_id in old.keys() | new.keys():
                if old.get(doc_id) != new.get(doc_id):
                    changes[name, doc_id] = new.get(doc_id)
        self.commit(changes).result()

    def commit(self, changes: Mapping[tuple[str, str], Mapping[str, Any] | None]) -> Future[None]:
        """Write *changes* (by table and id; None removes), all of them or none.

        The future is done once they are durable and in memory; commits take effect in the
        order of the calls.

        Raises:
            LockedError: The store is closed.
            TypeError: A document holds something that is not JSON.
        """
        batch = [
            encode_record(name, doc_id, document) for (name, doc_id), document in changes.items()
        ]
        return self._writer.submit(batch)

    def table(self, name: str) -> TableView:
        """Return the table *name*, empty if nothing was ever written to it."""
        with self._lock:
            return TableView(self._tables.setdefault(name, {}), self._lock)

    def watch(self, name: str, watcher: Watcher) -> None:
        """Tell *watcher* of each document of the table *name* that is there, then of changes."""
        with self._lock:
            for doc_id, document in self._tables.get(name, {}).items():
                watcher(doc_id, document)
            self._watchers[name] = watcher

    def close(self) -> None:
        """Finish what was committed, then close the journal and forget the documents."""
        self._writer.close()
        self._journal.close()
        with self._lock:
            for table in self._tables.values():
                table.clear()
            self._watchers.clear()

    def _replay(self, payload: bytes) -> None:
        try:
            change = decode_record(payload)
        except ValueError:
            # Authentic, so somebody wrote it with this key: carried along, never dropped.
            _logger.error("a record of an unknown kind is kept unread")  # noqa: TRY400
            self._unknown.append(payload)
        else:
            self._apply(change, len(payload))

    def _write(self, batches: Sequence[Sequence[bytes]]) -> None:
        # Memory gets what a restart would read, not the caller's own objects.
        changes = [(decode_record(item), len(item)) for batch in batches for item in batch]
        self._journal.append(batches)
        with self._lock:
            for change, size in changes:
                self._apply(change, size)
                self._notify(change)

    def _apply(self, change: Change, size: int) -> None:
        table = self._tables.setdefault(change.table, {})
        place = change.table, change.doc_id
        self._live -= self._sizes.pop(place, 0)
        if change.document is None:
            table.pop(change.doc_id, None)
        else:
            table[change.doc_id] = change.document
            self._sizes[place] = size + RECORD_OVERHEAD
            self._live += self._sizes[place]

    def _notify(self, change: Change) -> None:
        watcher = self._watchers.get(change.table)
        if watcher is None:
            return
        try:
            watcher(change.doc_id, change.document)
        except Exception:
            # It is durable already: the writer must not be told otherwise.
            _logger.exception("a watcher of %s failed", change.table)

    def _tidy(self) -> None:
        """Compact the journal once more than half of it is garbage."""
        worthwhile = 2 * self._live + _LEAST_GARBAGE
        if self._journal.size < max(worthwhile, self._tidy_at):
            return
        # If it fails, the next try waits until there is twice as much to gain.
        self._tidy_at = 2 * self._journal.size
        try:
            self._journal.replace(self._everything())
        except StoreError as error:
            _logger.warning("the store could not be made smaller: %s", error.detail)
        else:
            self._tidy_at = _LEAST_GARBAGE

    def _everything(self) -> list[bytes]:
        # Copied first, so that readers don't wait for the encoding.
        with self._lock:
            tables = {name: dict(table) for name, table in self._tables.items()}
        return self._unknown + [
            encode_record(name, doc_id, document)
            for name, table in tables.items()
            for doc_id, document in table.items()
        ]
