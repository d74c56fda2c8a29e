"""Reading a journal back, however it was left: torn, damaged, or tampered with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop_app.store.frames import (
    FRAME_BYTES,
    HEADER_BYTES,
    MARKER,
    Frame,
    open_frame,
    parse_frame,
)
from desktop_app.vault.crypto import TAG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalReport:
    """What was found when the journal was opened.

    Attributes:
        records: Records that were read.
        torn_bytes: An unfinished write at the end that was dropped; nobody was told it is saved.
        damaged: Stretches that can't be read.
        missing: Records that should be there and are nowhere, the damaged ones included.
        misplaced: Authentic records that are out of order or repeated.
        aside: Where the file was copied before it was put in order.
    """

    records: int = 0
    torn_bytes: int = 0
    damaged: int = 0
    missing: int = 0
    misplaced: int = 0
    aside: Path | None = None

    @property
    def clean(self) -> bool:
        """Whether everything that was ever acknowledged is there."""
        return not (self.damaged or self.missing or self.misplaced)


@dataclass(slots=True)
class Scan:
    """The readable part of a journal.

    Attributes:
        payloads: Unsealed records in order.
        end: Where the last complete batch ends.
        sequence: Of the last record that is kept.
    """

    content: bytes = field(repr=False)
    key: bytes = field(repr=False)
    file_id: bytes
    payloads: list[bytes] = field(default_factory=list, repr=False)
    end: int = HEADER_BYTES
    sequence: int = 0
    report: JournalReport = JournalReport()
    _batch: list[bytes] = field(default_factory=list, repr=False)

    def run(self) -> None:
        """Read from the header to the end."""
        if self.content[: HEADER_BYTES // 2] != self.content[HEADER_BYTES // 2 : HEADER_BYTES]:
            self._count(damaged=1)
        offset = HEADER_BYTES
        while offset < len(self.content):
            following = self._read(offset)
            if following is None:
                self._end_at(offset)
                break
            offset = following
        self._finish()

    def _read(self, offset: int) -> int | None:
        """Take the record at *offset* and return where the next one begins; None: nowhere."""
        frame = parse_frame(self.content, offset)
        payload = self._unsealed(frame, offset)
        if frame is None or payload is None:
            # Not even the length is trusted: bytes may have come or gone inside the record.
            return self._step_over_to(self._next_readable(offset + 1))
        end = offset + FRAME_BYTES + frame.length
        if frame.sequence <= self.sequence:
            self._count(misplaced=1)
        else:
            self._take(frame, payload, end)
        return end

    def _fits(self, frame: Frame, offset: int) -> bool:
        """Whether all of the record was written."""
        end = offset + FRAME_BYTES + frame.length
        # Some file systems have already grown the file when the power goes, and the place
        # of the tag at the very end is still zero.
        unwritten = end == len(self.content) and self.content.endswith(bytes(TAG_BYTES))
        return end <= len(self.content) and not unwritten

    def _unsealed(self, frame: Frame | None, offset: int) -> bytes | None:
        if frame is None or not self._fits(frame, offset):
            return None
        start = offset + FRAME_BYTES
        sealed = self.content[start : start + frame.length]
        return open_frame(self.key, frame, sealed, file_id=self.file_id)

    def _take(self, frame: Frame, payload: bytes, end: int) -> None:
        gap = frame.sequence - self.sequence - 1
        if gap:
            self._count(missing=gap)
            self._keep_batch()
        self.sequence = frame.sequence
        self._batch.append(payload)
        if frame.last_of_batch:
            self._keep_batch()
            self.end = end

    def _step_over_to(self, offset: int | None) -> int | None:
        if offset is not None:
            self._step_over()
        return offset

    def _step_over(self) -> None:
        self._count(damaged=1)
        self._keep_batch()

    def _next_readable(self, offset: int) -> int | None:
        """Where the next authentic record begins; a marker alone may be chance."""
        while (offset := self.content.find(MARKER, offset)) >= 0:
            if self._unsealed(parse_frame(self.content, offset), offset) is not None:
                return offset
            offset += 1
        return None

    def _end_at(self, offset: int) -> None:
        """Tell an unfinished last write from a record that was whole once."""
        rest = self.content[offset:]
        frame = parse_frame(self.content, offset)
        unfinished = frame is not None and not self._fits(frame, offset)
        if not unfinished and len(rest) >= FRAME_BYTES and rest.strip(b"\0"):
            self._step_over()

    def _finish(self) -> None:
        if self.report.clean:
            # A batch is all or nothing: what came of an unfinished one goes as well.
            self._count(torn_bytes=len(self.content) - self.end)
            self.sequence -= len(self._batch)
        else:
            self._keep_batch()
        self._count(records=len(self.payloads))

    def _keep_batch(self) -> None:
        self.payloads += self._batch
        self._batch.clear()

    def _count(self, **more: int) -> None:
        counted = {name: getattr(self.report, name) + number for name, number in more.items()}
        self.report = replace(self.report, **counted)
