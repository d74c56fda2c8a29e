"""Making and opening each kind of wrap: where the vault meets keyring, passphrase and file."""

from __future__ import annotations

import asyncio
import base64
import binascii
from pathlib import Path

from desktop_app.services.locking.lock_errors import (
    KeyringEntryLostError,
    KeyringRefusedError,
    WrongKeyFileError,
    WrongPassphraseError,
)
from desktop_app.services.ports import RandomBytes
from desktop_app.vault.crypto import KEY_BYTES
from desktop_app.vault.errors import DamagedRecordError
from desktop_app.vault.key_file import (
    absolute_path,
    make_key_file,
    parse_key_file,
    read_key_file,
)
from desktop_app.vault.keyring import KeyringPort
from desktop_app.vault.passphrase import SALT_BYTES, Argon2Parameters, derive_key
from desktop_app.vault.wraps import (
    KeyFileWrap,
    KeyringWrap,
    PassphraseWrap,
    Wraps,
    unwrap_key,
    wrap_key,
)


class Wrapping:
    """Wraps a data key and opens wraps; what takes long runs in threads."""

    def __init__(self, *, keyring: KeyringPort, random: RandomBytes) -> None:
        self._keyring = keyring
        self._random = random

    async def with_passphrase(
        self, data_key: bytes, vault_id: str, passphrase: str
    ) -> PassphraseWrap:
        """Return *data_key* wrapped by *passphrase* with a new salt."""
        parameters = Argon2Parameters(salt=self._random(SALT_BYTES))
        key = await asyncio.to_thread(derive_key, passphrase, parameters)
        sealed = wrap_key(key, data_key, vault_id=vault_id, kind="passphrase")
        return PassphraseWrap(argon2id=parameters, sealed=sealed)

    async def with_key_file(self, data_key: bytes, vault_id: str, path: Path) -> KeyFileWrap:
        """Return *data_key* wrapped by the key in *path*, which is made if it is not there.

        Raises:
            WrongKeyFileError: What is there is not a key file of ours alone.
            VaultWriteError: It can't be written.
        """
        absolute = absolute_path(path)
        key = await asyncio.to_thread(make_key_file, absolute, self._random)
        sealed = wrap_key(key, data_key, vault_id=vault_id, kind="key_file")
        return KeyFileWrap(path=str(absolute), sealed=sealed)

    async def with_keyring(self, data_key: bytes, vault_id: str) -> KeyringWrap:
        """Return *data_key* wrapped by a new entry of the keyring, which has been read back.

        Raises:
            KeyringUnavailableError: The keyring can't be used, or forgets at once.
        """
        # A new name each time: the entry of the wrap still in vault.json stays good
        # until the file has been replaced.
        name = f"{vault_id}-{self._random(4).hex()}"
        key = self._random(KEY_BYTES)
        secret = base64.b64encode(key).decode("ascii")
        await self._keyring.write(name, secret)
        if await self._keyring.read(name) != secret:
            raise KeyringRefusedError("the keyring forgot the entry")
        return KeyringWrap(
            name=name, sealed=wrap_key(key, data_key, vault_id=vault_id, kind="keyring")
        )

    async def open_passphrase(self, wraps: Wraps, passphrase: str) -> bytes:
        """Return the data key.

        Raises:
            WrongPassphraseError: It is another passphrase, or none was set.
        """
        wrap = wraps.passphrase
        if wrap is None:
            raise WrongPassphraseError("no passphrase is set")
        key = await asyncio.to_thread(derive_key, passphrase, wrap.argon2id)
        try:
            return unwrap_key(key, wrap.sealed, vault_id=wraps.vault_id, kind="passphrase")
        except DamagedRecordError as error:
            raise WrongPassphraseError from error

    async def open_key_file(self, wraps: Wraps, path: Path) -> bytes:
        """Return the data key.

        Raises:
            WrongKeyFileError: It is another key file, unreadable, or none was set.
        """
        if wraps.key_file is None:
            raise WrongKeyFileError("no key file is set", path=str(path))
        key = await asyncio.to_thread(read_key_file, path)
        return _open_with_file(wraps, wraps.key_file, key, path)

    def open_key_file_content(self, wraps: Wraps, content: str) -> bytes:
        """Return the data key with what is written in the key file.

        Raises:
            WrongKeyFileError: It is another one, or none was set.
        """
        path = Path(wraps.key_file.path if wraps.key_file else "")
        if wraps.key_file is None:
            raise WrongKeyFileError("no key file is set", path=str(path))
        key = parse_key_file(content.encode("utf-8", "replace"), path)
        return _open_with_file(wraps, wraps.key_file, key, path)

    async def open_keyring(self, wraps: Wraps) -> bytes:
        """Return the data key.

        Raises:
            KeyringUnavailableError: The keyring can't be used, or has no such entry.
        """
        if wraps.keyring is None:
            raise KeyringEntryLostError("the keyring was never set")
        secret = await self._keyring.read(wraps.keyring.name)
        if secret is None:
            raise KeyringEntryLostError("no such entry")
        return _open_with_secret(wraps.keyring, wraps.vault_id, secret)


def _open_with_file(wraps: Wraps, wrap: KeyFileWrap, key: bytes, path: Path) -> bytes:
    try:
        return unwrap_key(key, wrap.sealed, vault_id=wraps.vault_id, kind="key_file")
    except DamagedRecordError as error:
        raise WrongKeyFileError("of another vault", path=str(path)) from error


def _open_with_secret(wrap: KeyringWrap, vault_id: str, secret: str) -> bytes:
    try:
        key = base64.b64decode(secret, validate=True)
        return unwrap_key(key, wrap.sealed, vault_id=vault_id, kind="keyring")
    except (binascii.Error, ValueError, DamagedRecordError) as error:
        raise KeyringEntryLostError("the entry is another one") from error
