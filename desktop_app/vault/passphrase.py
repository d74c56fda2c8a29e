"""A key from a passphrase: Argon2id, with its parameters kept beside the result."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from desktop_app.services.locking.lock_errors import WeakPassphraseError
from desktop_app.vault.crypto import KEY_BYTES
from desktop_app.vault.errors import DamagedVaultError

MINIMUM_LENGTH = 8
SALT_BYTES = 16

# An altered vault.json must not make us take all of the machine's memory or days of time.
_MOST_MEMORY_KIB = 1 << 20
_MOST_PASSES = 32
_MOST_LANES = 64
_MOST_SALT = 64

# OpenSSL runs the lanes on one thread pool for the whole process, and two derivations at once
# can wait for each other's lanes for ever.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Parameters:
    """What Argon2id was run with.

    The defaults are the second recommended choice.

    Attributes:
        memory_kib: Memory in KiB.

    Source: RFC 9106 section 4.
    """

    salt: bytes
    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        if not self._in_bounds():
            raise DamagedVaultError("Argon2 parameters out of bounds")

    def _in_bounds(self) -> bool:
        return (
            SALT_BYTES <= len(self.salt) <= _MOST_SALT
            and 1 <= self.passes <= _MOST_PASSES
            and 1 <= self.lanes <= _MOST_LANES
            and 8 * self.lanes <= self.memory_kib <= _MOST_MEMORY_KIB
        )


def check_new_passphrase(passphrase: str) -> None:
    """Return if *passphrase* is long enough to be set.

    Raises:
        WeakPassphraseError: It has fewer than eight characters.
    """
    if len(_normalise(passphrase)) < MINIMUM_LENGTH:
        raise WeakPassphraseError(minimum=MINIMUM_LENGTH)


def derive_key(passphrase: str, parameters: Argon2Parameters) -> bytes:
    """Return the 32-byte key of *passphrase*; takes a good part of a second and 64 MiB.

    Source: RFC 9106 section 3.
    """
    kdf = Argon2id(
        salt=parameters.salt,
        length=KEY_BYTES,
        iterations=parameters.passes,
        lanes=parameters.lanes,
        memory_cost=parameters.memory_kib,
    )
    # "surrogatepass": a lone surrogate from a JSON escape is a wrong passphrase, not a crash.
    with _one_at_a_time:
        return kdf.derive(_normalise(passphrase).encode("utf-8", "surrogatepass"))


def _normalise(passphrase: str) -> str:
    # One keyboard types é as one character, another as two: both are the same passphrase.
    return unicodedata.normalize("NFC", passphrase)
