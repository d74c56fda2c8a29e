"""``/v1.0/session`` and ``/v1.0/keys``: unlock, lock, and how the data key is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec import UNSET

from desktop_app.services.ports import Vault
from desktop_app.v1_0.schemas.program import (
    KeysBody,
    KeysChange,
    SessionBody,
    StartOver,
    Unlocking,
)
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.lock import LockService


class _LockHandler(ApiHandler):
    while_locked: ClassVar[bool] = True

    def initialize(self, lock: LockService, keys: Vault) -> None:
        """Take the lock, and the vault for its state."""
        self._lock = lock
        self._keys = keys

    def _session(self) -> SessionBody:
        return SessionBody(locked=self._keys.state != "unlocked", state=self._keys.state)


class SessionHandler(_LockHandler):
    """``GET``: locked or not. ``POST``: unlock. ``DELETE``: lock.

    A program may do all three: the passphrase itself is what proves the person.
    """

    bodies: ClassVar = {"POST": Unlocking}

    async def get(self) -> None:
        """Answer whether the vault is open."""
        self.write_json(self._session())

    async def post(self) -> None:
        """Unlock with the passphrase, which the first one sets, or with the keyring."""
        wish: Unlocking = self.body
        if wish.passphrase is None:
            await self._lock.unlock_with_keyring()
        else:
            await self._lock.unlock(wish.passphrase)
        self.write_json(self._session())

    async def delete(self) -> None:
        """Lock."""
        await self._lock.lock()
        self.set_status(204)


class StartOverHandler(_LockHandler):
    """``POST``: begin anew after a forgotten passphrase; the old files are kept aside."""

    person_only: ClassVar[bool] = True
    bodies: ClassVar = {"POST": StartOver}

    async def post(self) -> None:
        """Move the old files aside and answer the new state."""
        await self._lock.start_over()
        self.write_json(self._session())


class KeysHandler(ApiHandler):
    """``GET``: how the data key is kept. ``PATCH``: keyring, passphrase, or both."""

    person_only: ClassVar[bool] = True
    while_locked: ClassVar[bool] = True
    bodies: ClassVar = {"PATCH": KeysChange}

    def initialize(self, keys: Vault) -> None:
        """Take the vault."""
        self._keys = keys

    async def get(self) -> None:
        """Answer how the key is kept."""
        self.write_json(msgspec.convert(self._keys.info(), KeysBody, from_attributes=True))

    async def patch(self) -> None:
        """Change how it is kept and answer that."""
        wish: KeysChange = self.body
        keep = wish.passphrase is UNSET
        await self._keys.rewrap(
            keyring=wish.keyring,
            passphrase=None if keep else wish.passphrase or None,
            current_passphrase=wish.current_passphrase,
            keep_passphrase=keep,
        )
        await self.get()
