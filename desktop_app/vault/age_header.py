"""What an age file says of itself before anybody opens it.

Read by ourselves, so that a file that isn't ours gets a sentence that helps, and one that would
take hours and all memory is not even tried.

Source: https://age-encryption.org/v1, "Header" and "The scrypt recipient type".
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from desktop_app.services.backup.backup_errors import (
    BackupError,
    BackupForKeysError,
    DamagedBackupError,
    NotABackupError,
)

MOST_WORK: Final = 20
"""The largest scrypt work factor that is tried: 1 GiB of memory, some seconds."""

_MAGIC: Final = b"age-encryption.org/v1\n"
_ARMOR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_HEADER: Final = 4096
# 64 characters a line, as the format has it; the header is in the first few.
_ARMORED_HEADER: Final = 64 * (_HEADER // 48)
_STANZA = re.compile(rb"-> scrypt [A-Za-z0-9+/]{22} ([1-9][0-9]{0,2})\n")


def check_header(sealed: bytes) -> int:
    """Return the work factor of *sealed*, an age file that a passphrase opens.

    Raises:
        NotABackupError: It is no age file.
        BackupForKeysError: Keys open it.
        DamagedBackupError: Its beginning is cut off or altered.
        BackupError: Opening it would take more work than any backup of ours.
    """
    head = _dearmored(sealed) if sealed.lstrip().startswith(_ARMOR) else sealed[:_HEADER]
    if not head.startswith(_MAGIC):
        raise DamagedBackupError if head and _MAGIC.startswith(head) else _foreign()
    rest = head[len(_MAGIC) :]
    if not rest.startswith(b"-> scrypt "):
        raise (
            BackupForKeysError
            if rest.startswith(b"-> ")
            else DamagedBackupError(detail="no stanza")
        )
    found = _STANZA.match(rest)
    if found is None:
        raise DamagedBackupError(detail="a stanza that is not understood")
    return _checked(int(found[1]))


def _checked(work: int) -> int:
    if work > MOST_WORK:
        raise BackupError("opening it would take this computer too long", f"work factor {work}")
    return work


def _foreign() -> NotABackupError:
    return NotABackupError("it is not an age file")


def _dearmored(sealed: bytes) -> bytes:
    """Return the beginning of a file in age's form for e-mail."""
    lines = sealed.lstrip()[: _ARMORED_HEADER * 2].splitlines()[1:]
    text = b"".join(line.strip() for line in lines if not line.startswith(b"-----"))
    text = text[: _ARMORED_HEADER // 4 * 4]
    try:
        return binascii.a2b_base64(text[: len(text) // 4 * 4])[:_HEADER]
    except binascii.Error as error:
        raise DamagedBackupError(detail="armor") from error
