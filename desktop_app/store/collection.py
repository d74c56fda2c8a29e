"""A table of values of one type, kept in memory as values."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from desktop_app.store.database import Database
from desktop_app.store.records import Document

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")

Changed = Callable[[str, _T | None], None]


def to_document(value: object) -> Document:
    """Return *value*, a dataclass, as plain JSON."""
    document: Document = msgspec.to_builtins(value, str_keys=True)
    return document


class Collection(Generic[_T]):
    """Values of *kind* by id.

    Args:
        changed: Called with an id and its new value, or None, before anyone else sees it.
        reset: Called when everything is forgotten.
    """

    def __init__(
        self,
        database: Database,
        table: str,
        kind: type[_T],
        *,
        changed: Changed[_T] | None = None,
        reset: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._table = table
        self._kind = kind
        self._changed = changed
        self._reset = reset
        self._values: dict[str, _T] = {}
        self._lock = threading.Lock()
        database.watch(table, self._on_change, self._on_close)

    def get(self, doc_id: str) -> _T | None:
        """Return one value, or None.

        Raises:
            LockedError: The vault is locked.
        """
        self._database.table(self._table)
        return self._values.get(doc_id)

    def all(self) -> tuple[_T, ...]:
        """Return all values.

        Raises:
            LockedError: The vault is locked.
        """
        self._database.table(self._table)
        with self._lock:
            return tuple(self._values.values())

    async def save(self, doc_id: str, value: _T) -> None:
        """Insert or replace one value; durable when it returns.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: No room; nothing has changed.
            StoreError: The disk failed.
        """
        await self._database.table(self._table).put(doc_id, to_document(value))

    async def delete(self, doc_id: str) -> None:
        """Remove one value, if it is there; durable when it returns.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: No room; nothing has changed.
            StoreError: The disk failed.
        """
        await self._database.table(self._table).drop(doc_id)

    def _on_change(self, doc_id: str, document: Document | None) -> None:
        value = None if document is None else self._convert(doc_id, document)
        if self._changed is not None:
            self._changed(doc_id, value)
        with self._lock:
            if value is None:
                self._values.pop(doc_id, None)
            else:
                self._values[doc_id] = value

    def _convert(self, doc_id: str, document: Document) -> _T | None:
        try:
            return msgspec.convert(document, self._kind)
        except msgspec.ValidationError as error:
            # It stays in the journal: a later version may know it.
            _logger.error("%s %s is not understood: %s", self._table, doc_id, error)  # noqa: TRY400
            return None

    def _on_close(self) -> None:
        with self._lock:
            self._values.clear()
        if self._reset is not None:
            self._reset()
