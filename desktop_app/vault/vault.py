"""The vault: one random data key, wrapped in one or more ways, held while unlocked."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from desktop_app.errors import LockedError
from desktop_app.services.keeping import VaultInfo, VaultState
from desktop_app.services.locking.lock_errors import KeyringUnavailableError
from desktop_app.services.ports import RandomBytes
from desktop_app.vault.crypto import KEY_BYTES
from desktop_app.vault.errors import DamagedVaultError, VaultExistsError, VaultWriteError
from desktop_app.vault.key_file import absolute_path
from desktop_app.vault.keyring import KeyringPort
from desktop_app.vault.passphrase import check_new_passphrase
from desktop_app.vault.rewrapping import Rewrapping
from desktop_app.vault.vault_file import VaultFile
from desktop_app.vault.wrapping import Wrapping
from desktop_app.vault.wraps import Wraps

_logger = logging.getLogger(__name__)


class Vault:
    """Holds the data key while unlocked; ``vault.json`` says how it is wrapped.

    A wrong passphrase, key file or keyring changes nothing. Every change of ``vault.json`` is
    one durable replace, and never leaves it without a way in.
    """

    def __init__(self, path: Path, *, keyring: KeyringPort, random: RandomBytes) -> None:
        self._file = VaultFile(path)
        self._keyring = keyring
        self._random = random
        self._wrapping = Wrapping(keyring=keyring, random=random)
        self._key: bytes | None = None
        self._keyring_usable: bool | None = None
        self._keyring_problem: str | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def state(self) -> VaultState:
        """``new`` (no ``vault.json`` yet), ``locked`` or ``unlocked``."""
        if self._key is not None:
            return "unlocked"
        return "locked" if self._file.exists else "new"

    @property
    def key(self) -> bytes:
        """The data key.

        Raises:
            LockedError: The vault is locked or new.
        """
        if self._key is None:
            raise LockedError
        return self._key

    def info(self) -> VaultInfo:
        """Say how the data key is kept.

        Raises:
            DamagedVaultError: ``vault.json`` can't be understood.
            VaultVersionError: A newer Coatcheck wrote it.
        """
        usable, problem = self._keyring_usable, self._keyring_problem
        if self.state == "new":
            return VaultInfo(state="new", keyring_usable=usable, keyring_problem=problem)
        wraps = self._file.read()
        return VaultInfo(
            state=self.state,
            keyring=wraps.keyring is not None,
            passphrase=wraps.passphrase is not None,
            key_file=wraps.key_file.path if wraps.key_file else None,
            keyring_usable=usable,
            keyring_problem=problem,
        )

    async def create(
        self,
        *,
        passphrase: str | None = None,
        key_file: Path | None = None,
        keyring: bool = False,
    ) -> None:
        """Make a data key, wrap it in each way that is asked for, and be unlocked.

        Raises:
            VaultExistsError: There is a vault already.
            WeakPassphraseError: The passphrase is too short.
            WrongKeyFileError: What is at *key_file* is not a key file of ours alone.
            KeyringUnavailableError: The keyring can't be used.
            NoWrapError: No way was asked for.
            VaultWriteError: ``vault.json`` can't be written.
        """
        async with self._one_at_a_time:
            if self.state != "new":
                raise VaultExistsError
            if passphrase is not None:
                check_new_passphrase(passphrase)
            key = self._random(KEY_BYTES)
            wraps = await self._rewrapping(Wraps(vault_id=self._random(16).hex()), key).with_ways(
                key_file=key_file, passphrase=passphrase, keyring=keyring
            )
            await asyncio.to_thread(self._file.create, wraps)
            self._key = key

    async def unlock(
        self,
        *,
        passphrase: str | None = None,
        key_file: Path | None = None,
        keyring: bool = False,
    ) -> None:
        """Open the vault with the one thing that is given.

        Raises:
            WrongPassphraseError: It is another passphrase, or none was set.
            WrongKeyFileError: It is another key file, unreadable, or none was set.
            KeyringUnavailableError: The keyring can't be used, or has no such entry.
            LockedError: Nothing was given, or there is no vault yet.
            DamagedVaultError: ``vault.json`` can't be understood.
            VaultVersionError: A newer Coatcheck wrote it.
        """
        async with self._one_at_a_time:
            if not self._file.exists:
                raise LockedError("there is no vault yet")
            wraps = self._file.read()
            key = await self._open(wraps, passphrase, key_file, keyring=keyring)
            if len(key) != KEY_BYTES:
                raise DamagedVaultError("the data key has a wrong length")
            self._key = key
            if passphrase is None and key_file is not None:
                await self._remember_key_file(wraps, key_file)

    async def prove(self, *, passphrase: str | None = None, key_file: str | None = None) -> None:
        """Return if what is given opens this vault; nothing changes.

        Args:
            passphrase: Or
            key_file: what is written in the key file.

        Raises:
            WrongPassphraseError: It is another passphrase, or none was set.
            WrongKeyFileError: It is another key file, or none was set.
            LockedError: Nothing was given.
            DamagedVaultError: ``vault.json`` can't be understood.
        """
        async with self._one_at_a_time:
            wraps = self._file.read()
            if passphrase is not None:
                await self._wrapping.open_passphrase(wraps, passphrase)
            elif key_file is not None:
                self._wrapping.open_key_file_content(wraps, key_file)
            else:
                raise LockedError("no proof was given")

    def lock(self) -> None:
        """Forget the data key."""
        self._key = None

    async def rewrap(
        self,
        *,
        keyring: bool,
        passphrase: str | None,
        current_passphrase: str | None,
        keep_passphrase: bool = False,
    ) -> None:
        """Change how the data key is kept: by the keyring, a passphrase, or both.

        A key file that was chosen stays. While a passphrase is set, the person proves that
        they know it.

        Args:
            keyring: Whether the keyring can open the vault afterwards.
            passphrase: The new passphrase; None removes it, unless *keep_passphrase*.
            current_passphrase: The one that is set now.
            keep_passphrase: Leave the passphrase as it is.

        Raises:
            LockedError: The vault is not unlocked.
            WrongPassphraseError: *current_passphrase* is not the one that is set.
            WeakPassphraseError: *passphrase* is too short.
            KeyringUnavailableError: The keyring can't be used.
            NoWrapError: Nothing would be left that opens the vault.
            VaultWriteError: ``vault.json`` can't be written.
        """
        async with self._one_at_a_time:
            before, key = self._file.read(), self.key
            if before.passphrase is not None:
                await self._wrapping.open_passphrase(before, current_passphrase or "")
            changed = self._rewrapping(before, key)
            after = await changed.with_ways(
                keyring=keyring, passphrase=passphrase, keep_passphrase=keep_passphrase
            )
            await asyncio.to_thread(self._file.replace, after)
            await changed.forget_entry(after)

    async def check_keyring(self) -> bool:
        """Ask the keyring whether it works, within seconds; ``info`` keeps the answer."""
        try:
            await self._keyring.check()
        except KeyringUnavailableError as error:
            self._keyring_usable, self._keyring_problem = False, error.public_message
        else:
            self._keyring_usable, self._keyring_problem = True, None
        return self._keyring_usable

    async def set_aside(self, suffix: str) -> Path | None:
        """Move ``vault.json`` to a name with *suffix* and be new; None if there was none.

        Raises:
            VaultWriteError: It can't be moved.
        """
        async with self._one_at_a_time:
            self.lock()
            return await asyncio.to_thread(self._file.set_aside, suffix)

    def _rewrapping(self, before: Wraps, key: bytes) -> Rewrapping:
        return Rewrapping(before, key, wrapping=self._wrapping, keyring=self._keyring)

    async def _open(
        self, wraps: Wraps, passphrase: str | None, key_file: Path | None, *, keyring: bool
    ) -> bytes:
        if passphrase is not None:
            return await self._wrapping.open_passphrase(wraps, passphrase)
        if key_file is not None:
            return await self._wrapping.open_key_file(wraps, key_file)
        if keyring:
            return await self._wrapping.open_keyring(wraps)
        raise LockedError("nothing to unlock with")

    async def _remember_key_file(self, wraps: Wraps, path: Path) -> None:
        absolute = str(absolute_path(path))
        if wraps.key_file is None or wraps.key_file.path == absolute:
            return
        moved = replace(wraps, key_file=replace(wraps.key_file, path=absolute))
        try:
            await asyncio.to_thread(self._file.replace, moved)
        except VaultWriteError as error:
            _logger.warning("the key file's new place is not remembered: %s", error.detail)
