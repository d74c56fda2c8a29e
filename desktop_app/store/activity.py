"""The activity log: who took what, when; sealed, chained, and on the disk before a token is given.

The newest entry's number and code are also kept in the sealed store, so that a log that was cut
off at its end, or taken away, is noticed. That copy follows a moment later: after a crash the log
may be ahead of it, never behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from desktop_app.errors import AppError, LockedError
from desktop_app.services.lending.activity_entries import ActivityEntry, LogReport
from desktop_app.services.ports import DocumentStore
from desktop_app.store.activity_check import Check
from desktop_app.store.activity_files import ActivityFiles, LogFile
from desktop_app.store.activity_lines import (
    GENESIS,
    Keys,
    Place,
    open_line,
    parse_header,
    parse_line,
)
from desktop_app.store.errors import StoreError

_log = logging.getLogger(__name__)

_DOCUMENT: Final = "activity"
_KEPT_FILES: Final = 16

Wanted = Callable[[ActivityEntry], bool]


class ActivityLog:
    """Implements ``services.ports.ActivityLog``; open while the vault is unlocked.

    Args:
        path: ``activity.log``.
        key: Gives the data key; raises ``LockedError`` while the vault is locked.
        documents: Where the newest entry's code is kept.
        full: Bytes after which a new file is begun; None for the usual.
        kept: How many full files are kept.
    """

    def __init__(
        self,
        path: Path,
        *,
        key: Callable[[], bytes],
        documents: DocumentStore,
        full: int | None = None,
        kept: int = _KEPT_FILES,
    ) -> None:
        self._path = path
        self._key = key
        self._documents = documents
        self._limits = {} if full is None else {"full": full}
        self._kept = kept
        self._keys: Keys | None = None
        self._files: ActivityFiles | None = None
        self._queue: list[tuple[ActivityEntry, asyncio.Future[ActivityEntry]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._saved = Place()

    async def open(self) -> None:
        """Go on after the newest entry; nothing that was done to the log keeps this from working.

        Nor does a full disk: the accounts can be read then, and nothing can be lent.

        Raises:
            LockedError: The vault is locked.
        """
        keys = Keys.of(self._key())
        files = ActivityFiles(self._path, keys=keys, **self._limits)
        self._saved = self._head()
        try:
            await asyncio.to_thread(files.open, self._saved)
        except StoreError as error:
            _log.warning("the activity log can't be opened: %s", error.code)
        self._keys, self._files = keys, files

    async def close(self) -> None:
        """Finish what is being written, and forget the keys; it can be opened again."""
        while self._writing is not None or self._keeping is not None:
            await asyncio.wait({task for task in (self._writing, self._keeping) if task})
        files, self._files, self._keys = self._files, None, None
        if files is not None:
            files.close()

    async def append(self, entry: ActivityEntry) -> ActivityEntry:
        """Return *entry* with its number; it is on the disk then.

        Raises:
            LockedError: It is closed.
            DiskFullError: No room; nothing has changed.
            StoreError: The disk fails.
        """
        self._opened()
        future: asyncio.Future[ActivityEntry] = asyncio.get_running_loop().create_future()
        self._queue.append((entry, future))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await future

    async def find(
        self, wanted: Wanted | None, *, offset: int, limit: int
    ) -> tuple[Sequence[ActivityEntry], int]:
        """Return one page of the entries that are *wanted*, newest first, and their number.

        Raises:
            LockedError: It is closed.
        """
        keys, files = self._opened()
        return await asyncio.to_thread(
            lambda: _page(keys, files.read(), wanted, offset=offset, limit=limit)
        )

    async def verify(self) -> LogReport:
        """Look through everything that is kept.

        Raises:
            LockedError: It is closed.
        """
        keys, files = self._opened()
        check = Check(keys=keys, place=self._first(), head=files.last)
        return await asyncio.to_thread(lambda: check.run(files.read()))

    def _opened(self) -> tuple[Keys, ActivityFiles]:
        if self._files is None or self._keys is None:
            raise LockedError
        return self._keys, self._files

    async def _write_all(self) -> None:
        try:
            while self._queue:
                group, self._queue = self._queue, []
                await self._write(group)
        finally:
            self._writing = None

    async def _write(
        self, group: Sequence[tuple[ActivityEntry, asyncio.Future[ActivityEntry]]]
    ) -> None:
        """Write what came in meanwhile with one sync, and tell whoever still waits."""
        try:
            _, files = self._opened()
            number = files.last.number
            await asyncio.to_thread(files.append, [entry for entry, _ in group])
        except Exception as error:  # noqa: BLE001  whoever waits must hear of it, whatever it is
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        for place, (entry, future) in enumerate(group, start=1):
            if not future.done():
                future.set_result(replace(entry, number=number + place))
        self._keeping = self._keeping or asyncio.create_task(self._keep_head())

    async def _keep_head(self) -> None:
        try:
            _, files = self._opened()
            while self._saved != files.last:
                await self._save_head(files)
        except AppError as error:
            # The next entry tries again; until then the log is ahead, which is no fault.
            _log.warning("the head of the activity log is not kept: %s", error.code)
        finally:
            self._keeping = None

    async def _save_head(self, files: ActivityFiles) -> None:
        place = files.last
        spare = await asyncio.to_thread(files.drop_oldest, self._kept)
        document = {"number": place.number, "code": place.code.hex(), **self._first_document()}
        if spare:
            document |= await asyncio.to_thread(self._first_after, spare, files)
        await self._documents.save(_DOCUMENT, document)
        self._saved = place
        # Only now: the store has to know first that these are gone on purpose.
        for path in spare:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    def _first_after(self, spare: Sequence[Path], files: ActivityFiles) -> Mapping[str, object]:
        gone = {path.name for path in spare}
        keys, _ = self._opened()
        for file in files.read():
            before = parse_header(keys, file.lines[0]) if file.lines else None
            if file.name not in gone and before is not None:
                return {"before_first": before.number, "before_first_code": before.code.hex()}
        return {}

    def _document(self) -> Mapping[str, Any]:
        return self._documents.get(_DOCUMENT) or {}

    def _head(self) -> Place:
        found = self._document()
        return Place(int(found.get("number", 0)), bytes.fromhex(found.get("code", GENESIS.hex())))

    def _first(self) -> Place:
        found = self._document()
        code = bytes.fromhex(found.get("before_first_code", GENESIS.hex()))
        return Place(int(found.get("before_first", 0)), code)

    def _first_document(self) -> Mapping[str, object]:
        names = ("before_first", "before_first_code")
        return {name: value for name, value in self._document().items() if name in names}


def _page(
    keys: Keys, files: Sequence[LogFile], wanted: Wanted | None, *, offset: int, limit: int
) -> tuple[Sequence[ActivityEntry], int]:
    found: list[ActivityEntry] = []
    total = 0
    for file in reversed(files):
        for text in reversed(file.lines[1:]):
            on_page = offset <= total < offset + limit
            if wanted is None and not on_page:
                total += 1
                continue
            line = parse_line(text)
            entry = open_line(keys, line) if line is not None else None
            if entry is None or (wanted is not None and not wanted(entry)):
                continue
            if on_page:
                found.append(entry)
            total += 1
    return found, total
