"""``vault.json`` as a value: in which ways the data key is wrapped, and no secret."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec

from desktop_app.vault.crypto import open_sealed, seal
from desktop_app.vault.errors import DamagedVaultError, VaultVersionError
from desktop_app.vault.passphrase import Argon2Parameters

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyringWrap:
    """The data key, sealed with a key that the system keyring keeps under ``name``."""

    name: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphraseWrap:
    """The data key, sealed with a key that Argon2id makes from the passphrase."""

    argon2id: Argon2Parameters
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFileWrap:
    """The data key, sealed with the key in the file at ``path``."""

    path: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wraps:
    """All of ``vault.json``.

    Attributes:
        vault_id: Random; binds each wrap to this vault and names the keyring's entry.
    """

    vault_id: str
    version: int = VERSION
    keyring: KeyringWrap | None = None
    passphrase: PassphraseWrap | None = None
    key_file: KeyFileWrap | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing could open the vault."""
        return self.keyring is None and self.passphrase is None and self.key_file is None


def wrap_key(wrapping_key: bytes, data_key: bytes, *, vault_id: str, kind: str) -> bytes:
    """Return *data_key* sealed for one *kind* of wrap of one vault."""
    return seal(wrapping_key, data_key, associated_data=_context(vault_id, kind))


def unwrap_key(wrapping_key: bytes, sealed: bytes, *, vault_id: str, kind: str) -> bytes:
    """Return the data key.

    Raises:
        DamagedRecordError: The wrapping key is not the right one, or the wrap was altered.
    """
    return open_sealed(wrapping_key, sealed, associated_data=_context(vault_id, kind))


def encode_wraps(wraps: Wraps) -> bytes:
    """Return the bytes of ``vault.json``."""
    text = json.dumps(msgspec.to_builtins(wraps), indent=2, sort_keys=True)
    return text.encode("ascii") + b"\n"


def decode_wraps(content: bytes) -> Wraps:
    """Read ``vault.json``.

    Raises:
        VaultVersionError: A newer Coatcheck wrote it.
        DamagedVaultError: It can't be understood.
    """
    document = _parse(content)
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise VaultVersionError(str(version))
    try:
        wraps = msgspec.convert(document, Wraps)
    except msgspec.ValidationError as error:
        raise DamagedVaultError(str(error)) from error
    if wraps.empty or version != VERSION:
        raise DamagedVaultError("no wrap, or no version")
    return wraps


def _parse(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DamagedVaultError("not JSON") from error
    if not isinstance(document, dict):
        raise DamagedVaultError("not an object")
    return document


def _context(vault_id: str, kind: str) -> bytes:
    return f"coatcheck vault {VERSION} {vault_id} {kind}".encode()
