"""The bytes of the journal: its header, and the frame around each sealed record.

Header: two equal copies, so that one damaged byte does not cost the file. A copy is

    magic (8) · version (2) · reserved (2) · file id (16) · key check (28) · CRC-32 (4)

Frame: length and place are known, with a CRC, before anything is unsealed; so a damaged record
can be stepped over, and where even that is damaged the next frame can be found by its marker.

    marker (3) · flags (1) · sealed length (4) · sequence number (8) · CRC-32 (4) · sealed bytes

The sealed bytes are bound to file id, flags, length and sequence number. All numbers are big
endian. Only magic and version are promised to stay where they are in later versions.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from desktop_app.vault.crypto import OVERHEAD, open_sealed, seal
from desktop_app.vault.errors import DamagedRecordError

MAGIC = b"COATCHK\n"
FILE_ID_BYTES = 16
MARKER = b"\xc0\xa7\x0d"
LAST_OF_BATCH = 1

_CHECKED_HEADER = struct.Struct(">8sHH16s28s")
_FRAME = struct.Struct(">3sBIQ")
_CRC = struct.Struct(">I")
_HEADER_COPY = _CHECKED_HEADER.size + _CRC.size

HEADER_BYTES = 2 * _HEADER_COPY
FRAME_BYTES = _FRAME.size + _CRC.size
RECORD_OVERHEAD = FRAME_BYTES + OVERHEAD
LARGEST_RECORD = 64 << 20


@dataclass(frozen=True, slots=True)
class Header:
    """What a journal says of itself."""

    version: int
    file_id: bytes
    key_check: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """The front of one record, its own CRC already checked.

    Attributes:
        length: Of the sealed bytes that follow.
        sequence: Position in the journal, from 1.
    """

    flags: int
    length: int
    sequence: int

    @property
    def last_of_batch(self) -> bool:
        """Whether the batch is complete with this record."""
        return bool(self.flags & LAST_OF_BATCH)

    def context(self, file_id: bytes) -> bytes:
        """What the sealed bytes are bound to."""
        return file_id + _FRAME.pack(MARKER, self.flags, self.length, self.sequence)


def make_header(key: bytes, *, version: int, file_id: bytes) -> bytes:
    """Return a header that only *key* is accepted for."""
    check = seal(key, b"", associated_data=_check_context(version, file_id))
    checked = _CHECKED_HEADER.pack(MAGIC, version, 0, file_id, check)
    return 2 * (checked + _CRC.pack(zlib.crc32(checked)))


def announced_version(content: bytes) -> int | None:
    """Return the version that the first bytes name, of whatever layout; None if not ours."""
    if content[: len(MAGIC)] != MAGIC or len(content) < len(MAGIC) + 2:
        return None
    return int.from_bytes(content[len(MAGIC) : len(MAGIC) + 2], "big")


def parse_header(content: bytes) -> Header | None:
    """Return the first of the two copies that is whole; None if neither is."""
    for start in (0, _HEADER_COPY):
        copy = content[start : start + _HEADER_COPY]
        if len(copy) == _HEADER_COPY and _crc_fits(copy):
            magic, version, _, file_id, check = _CHECKED_HEADER.unpack(copy[: -_CRC.size])
            if magic == MAGIC:
                return Header(version, file_id, check)
    return None


def key_fits(key: bytes, header: Header) -> bool:
    """Whether the journal was made with *key*."""
    context = _check_context(header.version, header.file_id)
    try:
        open_sealed(key, header.key_check, associated_data=context)
    except DamagedRecordError:
        return False
    return True


def make_frame(key: bytes, payload: bytes, *, file_id: bytes, sequence: int, last: bool) -> bytes:
    """Return *payload* sealed in its frame."""
    frame = Frame(LAST_OF_BATCH if last else 0, len(payload) + OVERHEAD, sequence)
    front = _FRAME.pack(MARKER, frame.flags, frame.length, frame.sequence)
    sealed = seal(key, payload, associated_data=frame.context(file_id))
    return front + _CRC.pack(zlib.crc32(front)) + sealed


def parse_frame(content: bytes, offset: int) -> Frame | None:
    """Return the front of the record at *offset*; None if there is no whole one."""
    front = content[offset : offset + FRAME_BYTES]
    if len(front) < FRAME_BYTES or not front.startswith(MARKER) or not _crc_fits(front):
        return None
    _, flags, length, sequence = _FRAME.unpack(front[: -_CRC.size])
    if not OVERHEAD <= length <= LARGEST_RECORD + OVERHEAD:
        return None
    return Frame(flags, length, sequence)


def open_frame(key: bytes, frame: Frame, sealed: bytes, *, file_id: bytes) -> bytes | None:
    """Return the payload; None if it was altered, moved, or is of another file."""
    try:
        return open_sealed(key, sealed, associated_data=frame.context(file_id))
    except DamagedRecordError:
        return None


def _crc_fits(block: bytes) -> bool:
    return _CRC.pack(zlib.crc32(block[: -_CRC.size])) == block[-_CRC.size :]


def _check_context(version: int, file_id: bytes) -> bytes:
    return b"coatcheck journal " + version.to_bytes(2, "big") + file_id
