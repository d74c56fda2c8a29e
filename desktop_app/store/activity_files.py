"""The files of the activity log: the one that is written, and the full ones before it."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop_app.files import (
    OWNER_ONLY,
    create_file,
    free_name,
    move_aside,
    open_file,
    sync_file,
    sync_folder,
    write_all,
)
from desktop_app.services.lending.activity_entries import ActivityEntry
from desktop_app.store.activity_lines import (
    Keys,
    Place,
    make_header,
    make_line,
    parse_header,
    parse_line,
)
from desktop_app.store.errors import as_store_error

_FULL_BYTES = 1 << 20
_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True)
class LogFile:
    """What stood in one file at a moment."""

    name: str
    content: bytes

    @property
    def lines(self) -> Sequence[bytes]:
        """Every complete line; one that is still being written has no end yet."""
        return self.content.split(b"\n")[:-1]


class ActivityFiles:
    """Appends to ``activity.log``; a full one becomes ``activity.log.1``, ``.2`` and so on.

    One thread appends; any thread may read.

    Args:
        path: ``activity.log``.
        full: Bytes after which a new file is begun.
    """

    def __init__(self, path: Path, *, keys: Keys, full: int = _FULL_BYTES) -> None:
        self._path = path
        self._keys = keys
        self._full = full
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._size = 0
        self.last = Place()

    def open(self, head: Place) -> None:
        """Find where to go on: after the newest entry, *head* at least.

        Nothing that was done to the files keeps this from working: what is lost stays lost,
        and `Check` tells of it.

        Raises:
            StoreError: The disk fails.
        """
        self.last = head
        try:
            with self._lock:
                self._go_on(head)
        except OSError as error:
            self.close()
            raise as_store_error(error) from error

    def append(self, entries: Iterable[ActivityEntry]) -> None:
        """Put *entries* at the end, all or none; on the disk when it returns.

        Raises:
            DiskFullError: No room; nothing has changed.
            StoreError: The disk fails.
        """
        place, lines = self.last, []
        for entry in entries:
            line, place = make_line(self._keys, place, entry)
            lines.append(line)
        try:
            with self._lock:
                self._write(b"".join(lines))
        except OSError as error:
            raise as_store_error(error) from error
        self.last = place

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def read(self) -> tuple[LogFile, ...]:
        """Return everything that is kept, the oldest first."""
        with self._lock:
            return tuple(_read(path) for path in self._paths())

    def drop_oldest(self, kept: int) -> Sequence[Path]:
        """Return the full files beyond the newest *kept*; the caller removes them."""
        with self._lock:
            full = [path for path in self._paths() if path != self._path]
        return full[: max(0, len(full) - kept)]

    def _paths(self) -> list[Path]:
        """Return the files that are there, the oldest first."""
        name = re.compile(rf"{re.escape(self._path.name)}\.([1-9][0-9]{{0,8}})")
        found = [
            (int(number[1]), path)
            for path in self._path.parent.iterdir()
            if (number := name.fullmatch(path.name)) and path.is_file()
        ]
        current = [self._path] if self._path.is_file() else []
        return [path for _, path in sorted(found)] + current

    def _go_on(self, head: Place) -> int:
        if head.number == 0:
            self._set_foreign_aside()
        if self._path.exists() or self._path.is_symlink():
            places = self._places_in_current()
            if not places:
                # Another vault's, or damaged from its first line on: it is kept, not read.
                move_aside(self._path, "foreign")
            elif _leads_on_from(head, places):
                self.last = places[-1]
            else:
                self._set_full_aside()
        return self._open_current()

    def _set_foreign_aside(self) -> None:
        """Put away what an earlier vault left here (the person began anew)."""
        for path in self._paths():
            lines = _read(path).lines
            if not lines or parse_header(self._keys, lines[0]) is None:
                move_aside(path, "foreign")

    def _places_in_current(self) -> Sequence[Place]:
        """Return what the current file tells of the chain; empty if it is no log of ours."""
        if not self._path.is_file() or self._path.is_symlink():
            return ()
        lines = _read(self._path).lines
        place = parse_header(self._keys, lines[0]) if lines else None
        if place is None:
            return ()
        told = (parse_line(line) for line in lines[1:])
        return [place, *(line.place for line in told if line is not None)]

    def _open_current(self) -> int:
        if not self._path.exists():
            create_file(self._path, make_header(self._keys, self.last))
        descriptor = self._descriptor = os.open(self._path, _FLAGS)
        self._path.chmod(OWNER_ONLY)
        self._cut_torn_end()
        self._size = os.fstat(descriptor).st_size
        return descriptor

    def _cut_torn_end(self) -> None:
        """Drop a line without an end, as a power cut leaves it; it was never acknowledged."""
        content = _read(self._path).content
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            os.truncate(self._path, whole)

    def _write(self, data: bytes) -> None:
        descriptor = self._ready()
        try:
            write_all(descriptor, data)
            sync_file(descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, self._size)
            raise
        self._size += len(data)

    def _ready(self) -> int:
        """Return the file to write to; a new one if this is full, or is not as we left it."""
        descriptor = self._descriptor
        if descriptor is not None and self._is_as_we_left_it(descriptor):
            if self._size < self._full:
                return descriptor
            self._set_full_aside()
        self.close()
        return self._go_on(self.last)

    def _is_as_we_left_it(self, descriptor: int) -> bool:
        try:
            there = os.stat(self._path, follow_symlinks=False)  # noqa: PTH116
        except FileNotFoundError:
            return False
        opened = os.fstat(descriptor)
        return os.path.samestat(there, opened) and opened.st_size == self._size

    def _set_full_aside(self) -> None:
        numbers = [int(path.suffix[1:]) for path in self._paths() if path != self._path]
        target = self._path.with_name(f"{self._path.name}.{max(numbers, default=0) + 1}")
        self._path.rename(free_name(target, "again") if target.exists() else target)
        sync_folder(self._path.parent)


def _read(path: Path) -> LogFile:
    with open_file(path) as file:
        return LogFile(path.name, file.read())


def _leads_on_from(head: Place, places: Sequence[Place]) -> bool:
    """Tell whether a file with *places* goes on from *head*, or from somewhere after it."""
    return head in places or head.number < places[0].number
