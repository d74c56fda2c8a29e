"""The process that seals or opens one age file: what to do comes in, the result goes out."""

from __future__ import annotations

import json
from typing import IO, Final

from desktop_app.vault.age import DAMAGED, DONE, WRONG
from desktop_app.vault.age_header import check_header

# pyrage takes as much work as this machine does in a second, and measures that: beside something
# else that keeps the machine busy the result is a passphrase that is easier to guess.
_LEAST_WORK: Final = 16
_TRIES: Final = 3
# What rage says of a passphrase that does not fit; anything else is the file's fault.
_WRONG_SAYS: Final = "Decryption failed"


def run(given: IO[bytes], out: IO[bytes]) -> int:
    """Do what the first line of *given* says with the rest of it."""
    head = json.loads(given.readline())
    passphrase, data = head["passphrase"], given.read()
    out.write(_seal(data, passphrase) if head["task"] == "seal" else _open(data, passphrase))
    out.flush()
    return 0


def _seal(content: bytes, passphrase: str) -> bytes:
    from pyrage import passphrase as age

    made: dict[int, bytes] = {}
    for _ in range(_TRIES):
        sealed = age.encrypt(content, passphrase)
        made[check_header(sealed)] = sealed
        if max(made) >= _LEAST_WORK:
            break
    return DONE + made[max(made)]


def _open(sealed: bytes, passphrase: str) -> bytes:
    from pyrage import DecryptError
    from pyrage import passphrase as age

    try:
        content: bytes = age.decrypt(sealed, passphrase)
    except UnicodeEncodeError:
        return WRONG
    except DecryptError as error:
        return WRONG if str(error) == _WRONG_SAYS else DAMAGED + str(error).encode()
    return DONE + content
