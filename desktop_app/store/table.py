"""TinyDB's Table that gives out copies and writes only the documents that change."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from desktop_app.store.records import Document, copy_document
from desktop_app.store.storage import JournalStorage, TableView


class JournalTable(Table):
    """A table over ``JournalStorage``; ids are strings that the caller chooses.

    TinyDB's own methods work and return once the change is durable, so they block; ``put``
    and ``drop`` are the same for a coroutine.
    """

    document_id_class = str  # type: ignore[assignment]  # TinyDB writes int, and means "a type"

    def __init__(self, storage: JournalStorage, name: str, **_: Any) -> None:
        # No query cache: it would hand the same document to two callers, and documents also
        # change behind its back.
        super().__init__(storage, name, cache_size=0)
        self._journal_storage = storage
        self._view = storage.table(name)
        self._numbers = itertools.count(1)

    def document(self, doc_id: str) -> Document | None:
        """Return a copy of one document, or None; a dictionary lookup."""
        found = self._view.get(doc_id)
        return None if found is None else copy_document(found)

    async def put(self, doc_id: str, document: Mapping[str, Any]) -> None:
        """Insert or replace one document; durable when it returns.

        Once begun it is carried out, even if the caller is cancelled: a rotated refresh token
        must not get lost because somebody closed a connection.

        Raises:
            DiskFullError: No room; nothing has changed.
            LockedError: The store was closed meanwhile.
            StoreError: The disk failed.
        """
        await self._commit({doc_id: document})

    async def drop(self, doc_id: str) -> None:
        """Remove one document, if it is there; durable when it returns.

        Raises:
            DiskFullError: No room; nothing has changed.
            LockedError: The store was closed meanwhile.
            StoreError: The disk failed.
        """
        await self._commit({doc_id: None})

    def search(self, cond: QueryLike) -> list[TinyDocument]:
        """Return copies of all documents that fit *cond*."""
        return [_give_out(doc_id, doc) for doc_id, doc in self._view.items() if cond(doc)]

    def get(  # type: ignore[override]  # TinyDB's overloads know only numbers as ids
        self,
        cond: QueryLike | None = None,
        doc_id: str | None = None,
        doc_ids: list[str] | None = None,
    ) -> TinyDocument | list[TinyDocument] | None:
        """Return a copy of one document by condition or id, or of several by their ids."""
        found: Any = super().get(cond, cast("Any", doc_id), cast("Any", doc_ids))
        if isinstance(found, list):
            return [_copy(document) for document in found]
        return None if found is None else _copy(found)

    def __iter__(self) -> Iterator[TinyDocument]:
        return map(_copy, super().__iter__())

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return cast("dict[str, Mapping[str, Any]]", self._view)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        draft = _Draft(self._view)
        updater(draft)
        changes = draft.changes()
        if changes:
            self._journal_storage.commit(self._named(changes)).result()

    def _get_next_id(self) -> Any:
        return next(str(n) for n in self._numbers if str(n) not in self._view)

    async def _commit(self, changes: Mapping[str, Mapping[str, Any] | None]) -> None:
        future = self._journal_storage.commit(self._named(changes))
        await asyncio.shield(asyncio.wrap_future(future))

    def _named(
        self, changes: Mapping[str, Mapping[str, Any] | None]
    ) -> dict[tuple[str, str], Mapping[str, Any] | None]:
        return {(self.name, doc_id): document for doc_id, document in changes.items()}


class JournalDB(TinyDB):
    """TinyDB with our tables."""

    table_class = JournalTable  # type: ignore[assignment]  # TinyDB's attribute has no wider type


class _Draft(MutableMapping[str, Document]):
    """What an update sees: copies, so that a failed update or write changes nothing."""

    def __init__(self, view: TableView) -> None:
        self._before = view.snapshot()
        self._touched: dict[str, Document | None] = {}

    def changes(self) -> dict[str, Document | None]:
        """The documents that are not as before."""
        return {
            doc_id: document
            for doc_id, document in self._touched.items()
            if document != self._before.get(doc_id)
        }

    def __getitem__(self, doc_id: str) -> Document:
        if doc_id not in self._touched:
            self._touched[doc_id] = copy_document(self._before[doc_id])
        document = self._touched[doc_id]
        if document is None:
            raise KeyError(doc_id)
        return document

    def __setitem__(self, doc_id: str, document: Document) -> None:
        self._touched[doc_id] = document

    def __delitem__(self, doc_id: str) -> None:
        if doc_id not in self:
            raise KeyError(doc_id)
        self._touched[doc_id] = None

    def __contains__(self, doc_id: object) -> bool:
        if doc_id in self._touched:
            return self._touched[str(doc_id)] is not None
        return doc_id in self._before

    def __iter__(self) -> Iterator[str]:
        ids = list(dict.fromkeys([*self._before, *self._touched]))
        return (doc_id for doc_id in ids if doc_id in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove all at once."""
        self._touched = dict.fromkeys(self._before)


def _copy(document: TinyDocument) -> TinyDocument:
    return _give_out(str(document.doc_id), document)


def _give_out(doc_id: str, document: Mapping[str, Any]) -> TinyDocument:
    return TinyDocument(copy_document(document), cast("Any", doc_id))
