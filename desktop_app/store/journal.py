"""An append-only file of sealed records that survives a power cut at any moment.

Used by one thread at a time. Nothing is acknowledged (a method returns) before it is on the
disk; a failed write leaves the file as it was.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

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
from desktop_app.store.journal_file import JournalFile
from desktop_app.store.scan import JournalReport, Scan

_logger = logging.getLogger(__name__)


class Journal:
    """The open journal at one path.

    Attributes:
        version: Of the documents in the file; older than ours until it is replaced.
        report: What was found when it was opened.
    """

    def __init__(self, path: Path, *, key: bytes, version: int, random: RandomBytes) -> None:
        self._file = JournalFile(path)
        self._key = key
        self._newest = version
        self._random = random
        self._file_id = b""
        self._sequence = 0
        self.version = version
        self.report = JournalReport()

    @property
    def size(self) -> int:
        """Length of the file in bytes."""
        return self._file.size

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
            self._file.append(frames)
        except OSError as error:
            raise as_store_error(error) from error
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
            self._file.exchange(header + frames)
            # The new file is the one from here on, also if its name can't be made durable yet.
            self._file_id, self._sequence, self.version = file_id, sequence, self._newest
            self._file.sync_folder()
        except OSError as error:
            raise as_store_error(error) from error

    def copy_aside(self, suffix: str) -> Path:
        """Copy the file as it is to a name with *suffix*.

        Raises:
            OSError: It can't be written.
        """
        return self._file.copy_aside(suffix)

    def close(self) -> None:
        """Close the file and forget the key."""
        self._key = b""
        self._file.close()

    def _open(self) -> list[bytes]:
        self._file.remove_drafts()
        file_id = self._random(FILE_ID_BYTES)
        self._file.create(make_header(self._key, version=self._newest, file_id=file_id))
        content = self._file.read()
        header = self._checked_header(content)
        self.version, self._file_id = header.version, header.file_id
        scan = Scan(content, self._key, header.file_id)
        scan.run()
        return self._adopt(scan)

    def _adopt(self, scan: Scan) -> list[bytes]:
        self.report, self._sequence = scan.report, scan.sequence
        if not scan.report.clean:
            self._put_in_order(scan)
            return scan.payloads
        if scan.report.torn_bytes:
            _logger.warning("dropped an unfinished write of %s bytes", scan.report.torn_bytes)
        self._file.open(scan.end)
        return scan.payloads

    def _put_in_order(self, scan: Scan) -> None:
        aside = self._file.copy_aside("damaged")
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
            raise ForeignStoreError(name=self._file.path.name)
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
