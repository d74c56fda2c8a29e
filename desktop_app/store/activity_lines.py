"""The lines of the activity log: each sealed, and bound to the one before it.

The first line of a file says where the chain stands::

    coatcheck-activity-1 NUMBER BEFORE CODE

NUMBER is that of the file's first entry, BEFORE the code of the entry before that (32 zero bytes
for the very first), CODE proves both. Each further line is an entry::

    NUMBER CODE SEALED

SEALED is the entry, sealed; CODE is a keyed hash of the number, of the code before it and of
SEALED. So no line can be altered, moved or taken out without the next one noticing. Numbers are
decimal, everything else is base64url.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from desktop_app.services.lending.activity_entries import ActivityEntry
from desktop_app.vault.crypto import derived_key, open_sealed, seal
from desktop_app.vault.errors import DamagedRecordError

GENESIS: Final = bytes(32)
"""The code before the first entry of all."""

_MAGIC: Final = b"coatcheck-activity-1"


@dataclass(frozen=True, slots=True)
class Place:
    """How far the chain goes: the number and the code of an entry."""

    number: int = 0
    code: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Line:
    """An entry's line as it stands in the file; nothing of it is proven yet."""

    number: int
    code: bytes
    sealed: bytes

    @property
    def place(self) -> Place:
        """Where the chain would stand after this line."""
        return Place(self.number, self.code)


@dataclass(frozen=True, slots=True)
class Keys:
    """What seals the entries and what chains them."""

    sealing: bytes = field(repr=False)
    chaining: bytes = field(repr=False)

    @classmethod
    def of(cls, data_key: bytes) -> Keys:
        """Derive both from the data key."""
        return cls(
            sealing=derived_key(data_key, "coatcheck activity sealing"),
            chaining=derived_key(data_key, "coatcheck activity chaining"),
        )


def make_header(keys: Keys, before: Place) -> bytes:
    """Return the first line of a file whose first entry follows *before*."""
    number, code = before.number + 1, _header_code(keys, before)
    return b" ".join([_MAGIC, b"%d" % number, _text(before.code), _text(code)]) + b"\n"


def parse_header(keys: Keys, line: bytes) -> Place | None:
    """Return what the file's first entry follows; None if this is no header of ours."""
    try:
        magic, number, before, code = line.split(b" ")
        place = Place(int(number) - 1, _bytes(before))
        proven = hmac.compare_digest(_bytes(code), _header_code(keys, place))
    except (ValueError, OverflowError, binascii.Error):
        return None
    return place if magic == _MAGIC and proven else None


def make_line(keys: Keys, before: Place, entry: ActivityEntry) -> tuple[bytes, Place]:
    """Return the line of *entry*, which follows *before*, and where the chain stands then."""
    number = before.number + 1
    plain = msgspec.json.encode(entry)
    sealed = seal(keys.sealing, plain, associated_data=_context(number))
    code = _code(keys, number, before.code, sealed)
    return b" ".join([b"%d" % number, _text(code), _text(sealed)]) + b"\n", Place(number, code)


def parse_line(line: bytes) -> Line | None:
    """Return what *line* says, or None if it is no entry's."""
    try:
        number, code, sealed = line.split(b" ")
        return Line(int(number), _bytes(code), _bytes(sealed))
    except (ValueError, OverflowError, binascii.Error):
        return None


def follows(keys: Keys, before: Place, line: Line) -> bool:
    """Tell whether *line* was written right after *before*, and is as it was written."""
    expected = _code(keys, line.number, before.code, line.sealed)
    return line.number == before.number + 1 and hmac.compare_digest(expected, line.code)


def open_line(keys: Keys, line: Line) -> ActivityEntry | None:
    """Return the entry in *line*, or None if it is not as it was written."""
    try:
        plain = open_sealed(keys.sealing, line.sealed, associated_data=_context(line.number))
        entry = msgspec.json.decode(plain, type=ActivityEntry)
    except (DamagedRecordError, msgspec.DecodeError):
        return None
    return replace(entry, number=line.number)


def _header_code(keys: Keys, before: Place) -> bytes:
    told = b"header" + before.number.to_bytes(8, "big") + before.code
    return hmac.digest(keys.chaining, told, "sha256")


def _code(keys: Keys, number: int, before: bytes, sealed: bytes) -> bytes:
    told = b"entry" + number.to_bytes(8, "big") + before + sealed
    return hmac.digest(keys.chaining, told, "sha256")


def _context(number: int) -> bytes:
    return b"activity" + number.to_bytes(8, "big")


def _text(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data)


def _bytes(text: bytes) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)
