"""Locking and unlocking: vault and database as one, with auto-lock and slowed guesses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop_app.errors import LockedError
from desktop_app.services.keeping import Database, StoreDamage, Vault, VaultState
from desktop_app.services.locking.auto_lock import AutoLock
from desktop_app.services.locking.closing import Closing
from desktop_app.services.locking.guesses import Guesses
from desktop_app.services.locking.idleness import Idleness
from desktop_app.services.locking.key_keeping import KeyKeeping
from desktop_app.services.locking.lock_errors import UnopenableError
from desktop_app.services.locking.opening import Opening
from desktop_app.services.ports import AsyncCallback, Clock, Publish


class LockService:
    """The state of the data folder: new, locked or unlocked.

    Attributes:
        keys: How the data key is kept.

    Args:
        auto_lock_minutes: The person's setting, asked each time; 0 means never.
        before_lock: What must end before the key goes, such as a refresh whose new token is
            not yet saved; each is waited for up to *patience* seconds.
        after_unlock: What begins when the accounts can be read, before anybody is told.
        tick: Seconds between two looks at the clock.
    """

    def __init__(
        self,
        *,
        vault: Vault,
        database: Database,
        publish: Publish,
        clock: Clock = time.time,
        auto_lock_minutes: Callable[[], float] = lambda: 0.0,
        before_lock: Sequence[AsyncCallback] = (),
        after_unlock: Sequence[AsyncCallback] = (),
        patience: float = 10.0,
        tick: float = 15.0,
    ) -> None:
        self._vault = vault
        self._database = database
        self._publish = publish
        self._clock = clock
        self._after_unlock = tuple(after_unlock)
        self._guesses = Guesses(clock)
        self._idleness = Idleness(clock, auto_lock_minutes)
        self._auto_lock = AutoLock(
            self._idleness, is_locked=lambda: self.locked, lock=self.lock, tick=tick
        )
        self._closing = Closing(vault, database, before=before_lock, patience=patience)
        self._opening = Opening(vault, database, unlocked=self._unlocked)
        self._one_at_a_time = asyncio.Lock()
        self._locking: asyncio.Task[None] | None = None
        self.keys = KeyKeeping(vault, guesses=self._guesses, one_at_a_time=self._one_at_a_time)

    @property
    def state(self) -> VaultState:
        """``new``, ``locked`` (also while locking) or ``unlocked``."""
        if self._vault.state == "unlocked" and self._locking is not None:
            return "locked"
        return self._vault.state

    @property
    def locked(self) -> bool:
        """Whether nothing can be read; a new folder counts as locked."""
        return self.state != "unlocked"

    @property
    def damage(self) -> StoreDamage | None:
        """What of the accounts could not be read at the last unlocking."""
        return self._database.damage

    @property
    def problem(self) -> UnopenableError | None:
        """Why no key opens the folder, as the last try found it; None if one may."""
        return self._opening.problem

    async def start(
        self,
        *,
        key_file: Path | None = None,
        passphrase: str | None = None,
        keyring: bool = True,
    ) -> VaultState:
        """Unlock with what is given, or with what needs no person; begin the auto-lock.

        In a new folder: the key file (made if need be), else the passphrase, else the keyring
        if it works, else it stays new. Otherwise: what is given, else the remembered key
        file, else the keyring; if neither works it stays locked for the person.

        Raises:
            LockedError: The key file or passphrase that was given is wrong; nothing changed.
            VaultMissingError: There are accounts, but no ``vault.json``.
            AppError: The files can't be opened; each error says why.
        """
        self._auto_lock.start()
        async with self._one_at_a_time:
            if self._vault.state == "new":
                await self._opening.begin(key_file, passphrase, keyring=keyring)
            else:
                await self._resume(key_file, passphrase, keyring=keyring)
        return self.state

    async def unlock(self, passphrase: str) -> None:
        """Unlock with *passphrase*; in a new folder it becomes the passphrase.

        Raises:
            WrongPassphraseError: It is not the one, or none is set.
            TooManyGuessesError: Too many were wrong; ``seconds`` says how long to wait.
            WeakPassphraseError: It is too short to be set.
            VaultMissingError: There are accounts, but no ``vault.json``.
            AppError: The files can't be opened; each error says why.
        """
        async with self._one_at_a_time:
            await self._unlock_with_passphrase(passphrase)

    async def unlock_with_keyring(self) -> None:
        """Unlock with the system keyring; a new folder is put under it.

        Raises:
            KeyringUnavailableError: It can't be used, or has no such key.
            VaultMissingError: There are accounts, but no ``vault.json``.
            AppError: The files can't be opened; each error says why.
        """
        async with self._one_at_a_time:
            if self._vault.state == "new":
                await self._opening.create(keyring=True)
            else:
                await self._opening.unlock(keyring=True)

    async def unlock_with_key_file(self, path: Path | None = None) -> None:
        """Unlock with a key file; by default with the one that ``vault.json`` remembers.

        Raises:
            WrongKeyFileError: It does not open the vault.
            AppError: The files can't be opened; each error says why.
        """
        async with self._one_at_a_time:
            await self._opening.unlock(key_file=path or self._opening.remembered_key_file())

    async def lock(self) -> None:
        """Finish what must not be cut off, then forget the key and every document."""
        if self._locking is None:
            self._locking = asyncio.create_task(self._lock_now())
        # Shielded: a caller that goes away must not leave the lock half done.
        await asyncio.shield(self._locking)

    def touch(self) -> None:
        """Somebody is here: the idle time begins anew.

        Raises:
            LockedError: The idle time was over already (the computer slept); it locks now.
        """
        if self._auto_lock.due:
            self._start_locking()
            raise LockedError("idle for too long")
        self._idleness.touch()

    async def start_over(self) -> VaultState:
        """Forgotten passphrase: move the old files aside, never delete them, and begin new.

        Raises:
            AppError: The files can't be moved; what is left in place still opens.
        """
        await self.lock()
        async with self._one_at_a_time:
            now = time.gmtime(self._clock())
            suffix = time.strftime("old-%Y%m%d-%H%M%S", now)
            # In this order: a vault without accounts can still be unlocked, accounts without
            # a vault can't.
            await self._database.set_aside(suffix)
            await self._vault.set_aside(suffix)
            self._guesses.forget()
            await self._opening.begin(None, None, keyring=True)
        return self.state

    async def close(self) -> None:
        """Lock, and end the auto-lock."""
        await self._auto_lock.stop()
        await self.lock()

    async def _resume(
        self, key_file: Path | None, passphrase: str | None, *, keyring: bool
    ) -> None:
        if key_file is not None:
            await self._opening.unlock(key_file=key_file)
        elif passphrase is not None:
            await self._unlock_with_passphrase(passphrase)
        else:
            await self._opening.unlock_alone(keyring=keyring)

    async def _unlock_with_passphrase(self, passphrase: str) -> None:
        if self._vault.state == "new":
            await self._opening.create(passphrase=passphrase)
            return
        with self._guesses.one():
            await self._opening.unlock(passphrase=passphrase)

    async def _unlocked(self) -> None:
        self._idleness.touch()
        for callback in self._after_unlock:
            await callback()
        self._publish("unlocked", {})

    async def _lock_now(self) -> None:
        try:
            async with self._one_at_a_time:
                was_unlocked = await self._closing.close()
        finally:
            self._locking = None
        if was_unlocked:
            self._publish("locked", {})

    def _start_locking(self) -> None:
        self._locking = self._locking or asyncio.create_task(self._lock_now())
