"""The file of a journal on the disk: written at its end, cut back, exchanged as a whole."""

from __future__ import annotations

import errno
import logging
import os
from contextlib import suppress
from pathlib import Path

from desktop_app.files import (
    OWNER_ONLY,
    create_file,
    free_name,
    open_file,
    sync_file,
    sync_folder,
    write_all,
    write_new,
)

_logger = logging.getLogger(__name__)


class JournalFile:
    """Bytes at one path; whatever a method has written is on the disk when it returns.

    Attributes:
        size: How many bytes of the file count; a failed write leaves nothing behind them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._descriptor: int | None = None
        self._folder_synced = True

    def read(self) -> bytes:
        """Return all of it.

        Raises:
            OSError: It can't be read.
        """
        with open_file(self.path) as file:
            return file.read()

    def create(self, content: bytes) -> None:
        """Make the file with *content*, if there is none.

        Raises:
            OSError: It can't be written.
        """
        if not self.path.exists():
            create_file(self.path, content)

    def open(self, size: int) -> None:
        """Be ready for writes after the first *size* bytes; cut off what lies behind them.

        Raises:
            OSError: It can't be opened or cut.
        """
        self.size = size
        self.path.chmod(OWNER_ONLY)
        self._open_descriptor()
        if self.path.stat().st_size > size:
            self._truncate()

    def append(self, content: bytes) -> None:
        """Put *content* at the end, whole or not at all.

        Raises:
            OSError: It can't be written, or is not the file that we left; it is as it was.
        """
        self._check_ours()
        try:
            self._write(content)
        except OSError:
            self._cut_back()
            raise
        self.size += len(content)

    def exchange(self, content: bytes) -> None:
        """Put *content* in the place of all there is; `sync_folder` makes the exchange last.

        Raises:
            OSError: It can't be written, or is not the file that we left; the old file goes on.
        """
        self._check_ours()
        draft = self.path.with_name(f"{self.path.name}.new")
        try:
            write_new(draft, content)
            # Windows renames nothing over an open file.
            self.close()
            draft.replace(self.path)
            # From here on the new file is the one, whatever fails next.
            self.size, self._folder_synced = len(content), False
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            self._open_descriptor()

    def sync_folder(self) -> None:
        """Make the last exchange durable: until then, nothing written to the new file is.

        Raises:
            OSError: The folder can't be synced.
        """
        sync_folder(self.path.parent)
        self._folder_synced = True

    def copy_aside(self, suffix: str) -> Path:
        """Copy the file as it is to a name with *suffix*.

        Raises:
            OSError: It can't be written.
        """
        target = free_name(self.path, suffix)
        write_new(target, self.read())
        sync_folder(target.parent)
        return target

    def remove_drafts(self) -> None:
        """Remove what a power cut left of an exchange or of the first writing.

        Raises:
            OSError: It can't be removed.
        """
        self.path.with_name(f"{self.path.name}.new").unlink(missing_ok=True)
        for draft in self.path.parent.glob(f".{self.path.name}.*.new"):
            draft.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def _check_ours(self) -> None:
        """Refuse a file that something else removed, replaced or wrote to.

        What is written to a file without a name is gone with the next start, and two programs
        that write to one file (the lock files were removed) take each other's records away.
        """
        if self._descriptor is None:
            return
        opened = os.fstat(self._descriptor)
        try:
            ours = os.path.samestat(opened, self.path.stat()) and opened.st_size == self.size
        except FileNotFoundError:
            ours = False
        if not ours:
            raise OSError(errno.ESTALE, "it is not the file that was left")

    def _write(self, content: bytes) -> None:
        if self._descriptor is None:
            raise OSError(errno.EBADF, "the journal is closed")
        if not self._folder_synced:
            self.sync_folder()
        os.lseek(self._descriptor, self.size, os.SEEK_SET)
        write_all(self._descriptor, content)
        sync_file(self._descriptor)

    def _cut_back(self) -> None:
        """Remove what a failed write left; a file that can't be cut takes no more writes."""
        try:
            self._truncate()
        except OSError as error:
            _logger.error("the store takes no more writes: %s", error)  # noqa: TRY400
            self.close()

    def _truncate(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, self.size)
            sync_file(self._descriptor)

    def _open_descriptor(self) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0))
