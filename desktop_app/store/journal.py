"""An append-only file of sealed records that survives a power cut at any moment.

Used by one thread at a time. Nothing is acknowledged (a method returns) before it is on the
disk; a failed write leaves the file as it was.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from desktop_app.files import (
    OWNER_ONLY,
    create_file,
    free_name,
    sync_file,
    sync_folder,
    write_all,
    write_new,
)
from desktop_app.services.ports import RandomBytes
from desktop_app.store.errors import (
    ForeignStoreError,
    StoreError,
    StoreVersionError,
    as_store_error,
)
from desktop_app.store.frames import (
    FILE_ID_BYTES,
    HEADER_BYTES,
    LARGEST_RECORD,
    Header,
    announced_version,
    key_fits,
    make_frame,
    make_header,
    parse_header,
)
from desktop_app.store.scan import JournalReport, Scan

_logger = logging.getLogger(__name__)


class Journal:
    """The open journal at one path.

    Attributes:
        version: Of the documents in the file; older than ours until it is replaced.
        report: What was found when it was opened.
        size: Length of the file in bytes.
    """

    def __init__(self, path: Path, *, key: bytes, version: int, random: RandomBytes) -> None:
        self._path = path
        self._key = key
        self._newest = version
        self._random = random
        self._descriptor: int | None = None
        self._file_id = b""
        self._sequence = 0
        self._folder_synced = True
        self.version = version
        self.size = 0
        self.report = JournalReport()

    def open(self) -> list[bytes]:
        """Return the payloads in order; make the file if there is none.

        A torn tail is cut off. A damaged file is copied aside, then put in order.

        Raises:
            StoreVersionError: A newer Coatcheck wrote the file; it is untouched.
            ForeignStoreError: It is no journal, or of another key; it is untouched.
            DiskFullError: There is no room to make it or to put it in order.
            StoreError: It can't be read or written.
        """
        try:
            return self._open()
        except OSError as error:
            self.close()
            raise as_store_error(error) from error
        except StoreError:
            self.close()
            raise

    def append(self, batches: Sequence[Sequence[bytes]]) -> None:
        """Put *batches* at the end, each whole or not at all, with one sync for all.

        Raises:
            DiskFullError: No room; the file is as it was.
            StoreError: The disk failed, or a payload is larger than 64 MiB.
        """
        if any(len(payload) > LARGEST_RECORD for batch in batches for payload in batch):
            raise StoreError("the record is too large")
        frames, sequence = self._frames(self._file_id, batches, after=self._sequence)
        try:
            self._write(frames)
        except OSError as error:
            self._cut_back()
            raise as_store_error(error) from error
        self.size += len(frames)
        self._sequence = sequence

    def replace(self, payloads: Iterable[bytes]) -> None:
        """Put a journal of *payloads* alone, of our version, in the place of this one.

        Raises:
            DiskFullError: No room for the new one; the old one goes on.
            StoreError: The disk failed.
        """
        file_id = self._random(FILE_ID_BYTES)
        header = make_header(self._key, version=self._newest, file_id=file_id)
        frames, sequence = self._frames(file_id, [[payload] for payload in payloads], after=0)
        try:
            self._exchange(header + frames, file_id, sequence)
            self._sync_folder()
        except OSError as error:
            raise as_store_error(error) from error

    def copy_aside(self, suffix: str) -> Path:
        """Copy the file as it is to a name with *suffix*.

        Raises:
            OSError: It can't be written.
        """
        target = free_name(self._path, suffix)
        write_new(target, self._path.read_bytes())
        sync_folder(target.parent)
        return target

    def close(self) -> None:
        """Close the file and forget the key."""
        self._key = b""
        self._close_descriptor()

    def _open(self) -> list[bytes]:
        self._remove_drafts()
        if not self._path.exists():
            file_id = self._random(FILE_ID_BYTES)
            create_file(self._path, make_header(self._key, version=self._newest, file_id=file_id))
        content = self._path.read_bytes()
        header = self._checked_header(content)
        self.version, self._file_id = header.version, header.file_id
        scan = Scan(content, self._key, header.file_id)
        scan.run()
        return self._adopt(scan)

    def _adopt(self, scan: Scan) -> list[bytes]:
        self.report, self._sequence, self.size = scan.report, scan.sequence, scan.end
        self._path.chmod(OWNER_ONLY)
        if not scan.report.clean:
            self._put_in_order(scan)
            return scan.payloads
        self._open_descriptor()
        if scan.report.torn_bytes:
            _logger.warning("dropped an unfinished write of %s bytes", scan.report.torn_bytes)
            self._truncate()
        return scan.payloads

    def _put_in_order(self, scan: Scan) -> None:
        aside = self.copy_aside("damaged")
        self.report = replace(scan.report, aside=aside)
        _logger.error("the store was damaged: %s", self.report)
        # The documents keep the version they had; a migration comes afterwards.
        newest, self._newest = self._newest, self.version
        try:
            self.replace(scan.payloads)
        finally:
            self._newest = newest

    def _checked_header(self, content: bytes) -> Header:
        header = parse_header(content)
        version = header.version if header else announced_version(content)
        if version is not None and version > self._newest:
            raise StoreVersionError(str(version))
        whole = header is not None and len(content) >= HEADER_BYTES
        if header is None or not whole or not key_fits(self._key, header):
            raise ForeignStoreError(name=self._path.name)
        return header

    def _frames(
        self, file_id: bytes, batches: Sequence[Sequence[bytes]], *, after: int
    ) -> tuple[bytes, int]:
        frames = bytearray()
        sequence = after
        for batch in batches:
            for place, payload in enumerate(batch, start=1):
                sequence += 1
                last = place == len(batch)
                frames += make_frame(
                    self._key, payload, file_id=file_id, sequence=sequence, last=last
                )
        return bytes(frames), sequence

    def _write(self, frames: bytes) -> None:
        if self._descriptor is None:
            raise OSError(errno.EBADF, "the journal is closed")
        if not self._folder_synced:
            self._sync_folder()
        os.lseek(self._descriptor, self.size, os.SEEK_SET)
        write_all(self._descriptor, frames)
        sync_file(self._descriptor)

    def _cut_back(self) -> None:
        """Remove what a failed write left; a file that can't be cut takes no more writes."""
        try:
            self._truncate()
        except OSError as error:
            _logger.error("the store takes no more writes: %s", error)  # noqa: TRY400
            self._close_descriptor()

    def _truncate(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, self.size)
            sync_file(self._descriptor)

    def _exchange(self, content: bytes, file_id: bytes, sequence: int) -> None:
        draft = self._path.with_name(f"{self._path.name}.new")
        try:
            write_new(draft, content)
            # Windows renames nothing over an open file.
            self._close_descriptor()
            draft.replace(self._path)
            # From here on the new file is the one, whatever fails next.
            self._file_id, self._sequence, self.size = file_id, sequence, len(content)
            self.version, self._folder_synced = self._newest, False
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            self._open_descriptor()

    def _sync_folder(self) -> None:
        # Until the new name is durable, nothing written to the new file would be.
        sync_folder(self._path.parent)
        self._folder_synced = True

    def _remove_drafts(self) -> None:
        self._path.with_name(f"{self._path.name}.new").unlink(missing_ok=True)
        for draft in self._path.parent.glob(f".{self._path.name}.*.new"):
            draft.unlink(missing_ok=True)

    def _open_descriptor(self) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | getattr(os, "O_BINARY", 0))

    def _close_descriptor(self) -> None:
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None
