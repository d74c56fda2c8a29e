"""The plain form of a backup, inside of the age file: one JSON object, with a version.

docs/backup.md describes it for whoever reads one without Coatcheck.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NoReturn

import msgspec

from desktop_app.services.backup.backup_errors import (
    BackupError,
    BackupTooLargeError,
    BackupVersionError,
    NotABackupError,
)
from desktop_app.services.backup.contents import Contents

FORMAT: Final = "coatcheck-backup"
VERSION: Final = 1
MOST_BYTES: Final = 64 << 20
"""No backup is larger; age adds less than a thousandth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDocument:
    """A backup that was read, or is to be written.

    Attributes:
        made_at: RFC 3339.
        made_by: The program and its version.
        settings: The person's choices by name, see `SettingsService`.
    """

    format: str = FORMAT
    version: int = VERSION
    made_at: str
    made_by: Annotated[str, msgspec.Meta(max_length=200)]
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    contents: Contents

    @property
    def made(self) -> float:
        """When it was made, in seconds since the epoch."""
        return datetime.fromisoformat(self.made_at).timestamp()


def moment_text(seconds: float) -> str:
    """Return *seconds* since the epoch as RFC 3339 has them."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


def encode(document: BackupDocument) -> bytes:
    """Return *document* as JSON that a person can read.

    Raises:
        BackupTooLargeError: It is larger than what could be restored.
    """
    values = msgspec.to_builtins(document, str_keys=True)
    try:
        content = json.dumps(values, indent=1, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # A provider may have sent half a character; only JSON's own escapes carry that.
        content = json.dumps(values, indent=1).encode()
    if len(content) > MOST_BYTES:
        raise BackupTooLargeError(MOST_BYTES)
    return content


def decode(content: bytes) -> BackupDocument:
    """Read what stood in an age file.

    Raises:
        NotABackupError: It is something else.
        BackupVersionError: A newer Coatcheck wrote it.
        BackupError: A part of it can't be understood.
    """
    values = _parse(content)
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise NotABackupError("what is sealed in it is something else")
    version = values.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise BackupVersionError
    try:
        document = msgspec.convert(values, BackupDocument)
        moment_text(document.made)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        raise BackupError("a part of it can't be understood", str(error)) from error
    if document.made < 0:
        raise BackupError("a time in it is none that a calendar has", "made_at")
    return document


def _parse(content: bytes) -> object:
    try:
        return json.loads(content, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise NotABackupError("what is sealed in it is something else") from error


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
