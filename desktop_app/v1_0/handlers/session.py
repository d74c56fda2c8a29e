"""``/v1.0/session`` and ``/v1.0/keys``: unlock, lock, and how the data key is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec import UNSET

from desktop_app.services.keeping import VaultInfo
from desktop_app.v1_0.schemas.program import (
    KeysBody,
    KeysChange,
    KeysQuery,
    SessionBody,
    StartOver,
    Unlocking,
)
from desktop_app.web.base import ApiHandler
from desktop_app.web.json_body import parse_query

if TYPE_CHECKING:
    from desktop_app.services.locking.lock import LockService


class _LockHandler(ApiHandler):
    while_locked: ClassVar[bool] = True

    def initialize(self, lock: LockService) -> None:
        """Take the lock."""
        self._lock = lock

    def _write_session(self) -> None:
        self.write_json(SessionBody(locked=self._lock.locked, state=self._lock.state))


class SessionHandler(_LockHandler):
    """``GET``: locked or not. ``POST``: unlock. ``DELETE``: lock.

    A program may do all three: the passphrase itself is what proves the person.
    """

    bodies: ClassVar = {"POST": Unlocking}

    async def get(self) -> None:
        """Answer whether the vault is open."""
        self._write_session()

    async def post(self) -> None:
        """Unlock with the passphrase, which the first one sets, or with what needs none."""
        wish: Unlocking = self.body
        if wish.passphrase is not None:
            await self._lock.unlock(wish.passphrase)
        elif self._lock.keys.info().key_file is not None:
            await self._lock.unlock_with_key_file()
        else:
            await self._lock.unlock_with_keyring()
        self._write_session()

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
        self._write_session()


class KeysHandler(_LockHandler):
    """``GET``: how the data key is kept. ``PATCH``: keyring, passphrase, or both."""

    person_only: ClassVar[bool] = True
    bodies: ClassVar = {"PATCH": KeysChange}

    async def get(self) -> None:
        """Answer how the key is kept."""
        wish = parse_query(self.request.query_arguments, KeysQuery)
        info = await self._lock.keys.check_keyring() if wish.check else self._lock.keys.info()
        self._write_info(info)

    async def patch(self) -> None:
        """Change how it is kept and answer that."""
        wish: KeysChange = self.body
        info = await self._lock.keys.rewrap(
            keyring=wish.keyring,
            passphrase=wish.passphrase or None,
            current_passphrase=wish.current_passphrase,
            keep_passphrase=wish.passphrase is UNSET,
        )
        self._write_info(info)

    def _write_info(self, info: VaultInfo) -> None:
        self.write_json(msgspec.convert(info, KeysBody, from_attributes=True))
