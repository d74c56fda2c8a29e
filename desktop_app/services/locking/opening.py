"""How a data folder opens: which key is tried, what a new folder gets, vault and store as one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desktop_app.services.keeping import Database, Vault
from desktop_app.services.locking.lock_errors import (
    KeyringUnavailableError,
    UnopenableError,
    VaultMissingError,
    WrongKeyFileError,
)
from desktop_app.services.ports import AsyncCallback

_logger = logging.getLogger(__name__)


class Opening:
    """Opens the vault and then the database; if the second fails, the first is locked again.

    Args:
        unlocked: Awaited each time when the folder has become readable.

    Attributes:
        problem: Why no key opens the folder, as the last try found it; None if one may.
    """

    def __init__(self, vault: Vault, database: Database, *, unlocked: AsyncCallback) -> None:
        self._vault = vault
        self._database = database
        self._unlocked = unlocked
        self.problem: UnopenableError | None = None

    async def begin(self, key_file: Path | None, passphrase: str | None, *, keyring: bool) -> None:
        """Make a new folder's vault by the first that is given, else by a keyring that works.

        Raises:
            VaultMissingError: There are accounts already, so a key is given for a lost vault.
            AppError: As ``Vault.create`` and ``Database.open`` say.
        """
        self.problem = None
        if key_file is not None:
            await self.create(key_file=key_file)
        elif passphrase is not None:
            await self.create(passphrase=passphrase)
        elif self._database.exists:
            # Nothing was given, so nothing is refused; the person finds it when they come.
            self.problem = VaultMissingError()
        elif keyring and await self._vault.check_keyring():
            with suppress(KeyringUnavailableError):
                await self.create(keyring=True)

    async def create(
        self,
        *,
        passphrase: str | None = None,
        key_file: Path | None = None,
        keyring: bool = False,
    ) -> None:
        """Make the vault and open the database.

        Raises:
            VaultMissingError: There are accounts already; a new key would not open them.
            AppError: As ``Vault.create`` and ``Database.open`` say.
        """
        with self._noting_problems():
            if self._database.exists:
                raise VaultMissingError
            await self._vault.create(passphrase=passphrase, key_file=key_file, keyring=keyring)
            await self._open()

    async def unlock(
        self,
        *,
        passphrase: str | None = None,
        key_file: Path | None = None,
        keyring: bool = False,
    ) -> None:
        """Unlock with the one thing that is given; if it is open, that only proves the person.

        Raises:
            AppError: As ``Vault.unlock`` and ``Database.open`` say.
        """
        was_locked = self._vault.state != "unlocked"
        with self._noting_problems():
            await self._vault.unlock(passphrase=passphrase, key_file=key_file, keyring=keyring)
            if was_locked:
                await self._open()

    async def unlock_alone(self, *, keyring: bool) -> None:
        """Unlock without a person, if that is how the key is kept and it works.

        Raises:
            AppError: As ``Database.open`` says.
        """
        with self._noting_problems():
            info = self._vault.info()
        if info.key_file is not None and await self._try_key_file(Path(info.key_file)):
            return
        if keyring and info.keyring:
            await self._try_keyring()

    def remembered_key_file(self) -> Path:
        """Where ``vault.json`` says that the key file is.

        Raises:
            WrongKeyFileError: It knows of none.
        """
        path = self._vault.info().key_file
        if path is None:
            raise WrongKeyFileError("none is remembered", path="")
        return Path(path)

    async def _try_key_file(self, path: Path) -> bool:
        try:
            await self.unlock(key_file=path)
        except WrongKeyFileError as error:
            _logger.warning("the remembered key file does not open the vault: %s", error.code)
            return False
        return True

    async def _try_keyring(self) -> None:
        try:
            await self.unlock(keyring=True)
        except KeyringUnavailableError as error:
            _logger.warning("the keyring does not open the vault: %s", type(error).__name__)

    async def _open(self) -> None:
        try:
            await self._database.open()
        except BaseException:
            self._vault.lock()
            raise
        self.problem = None
        await self._unlocked()

    @contextmanager
    def _noting_problems(self) -> Iterator[None]:
        try:
            yield
        except UnopenableError as error:
            self.problem = error
            raise
