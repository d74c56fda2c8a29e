"""Choosing the ways in which the data key is wrapped: the first ones, or others; never none."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from desktop_app.services.locking.lock_errors import KeyringUnavailableError, NoWrapError
from desktop_app.vault.keyring import KeyringPort
from desktop_app.vault.passphrase import check_new_passphrase
from desktop_app.vault.wrapping import Wrapping
from desktop_app.vault.wraps import KeyFileWrap, KeyringWrap, PassphraseWrap, Wraps

_logger = logging.getLogger(__name__)


class Rewrapping:
    """How *key* is to be wrapped, from what is there *before*; for a new vault, nothing."""

    def __init__(
        self, before: Wraps, key: bytes, *, wrapping: Wrapping, keyring: KeyringPort
    ) -> None:
        self._before = before
        self._key = key
        self._wrapping = wrapping
        self._keyring = keyring

    async def with_ways(
        self,
        *,
        keyring: bool,
        passphrase: str | None,
        keep_passphrase: bool = False,
        key_file: Path | None = None,
    ) -> Wraps:
        """Return the wraps for these ways; without a new *key_file* that of before stays.

        ``vault.json`` is not written yet.

        Raises:
            WrongKeyFileError: What is at *key_file* is not a key file of ours alone.
            WeakPassphraseError: *passphrase* is too short.
            KeyringUnavailableError: The keyring can't be used.
            NoWrapError: Nothing would be left that opens the vault.
        """
        after = replace(
            self._before,
            key_file=await self._next_key_file(key_file),
            passphrase=await self._next_passphrase(passphrase, keep=keep_passphrase),
            keyring=await self._next_keyring(wanted=keyring),
        )
        if after.empty:
            raise NoWrapError
        return after

    async def forget_entry(self, after: Wraps) -> None:
        """Remove the keyring's entry, if it opens nothing *after* the change."""
        old = self._before.keyring
        if old is None or old == after.keyring:
            return
        try:
            await self._keyring.delete(old.name)
        except KeyringUnavailableError as error:
            # Harmless: without the wrap in vault.json the entry opens nothing.
            _logger.warning("an old keyring entry could not be removed: %s", error.detail)

    async def _next_key_file(self, path: Path | None) -> KeyFileWrap | None:
        if path is None:
            return self._before.key_file
        return await self._wrapping.with_key_file(self._key, self._before.vault_id, path)

    async def _next_passphrase(
        self, passphrase: str | None, *, keep: bool
    ) -> PassphraseWrap | None:
        if passphrase is not None:
            check_new_passphrase(passphrase)
            return await self._wrapping.with_passphrase(
                self._key, self._before.vault_id, passphrase
            )
        return self._before.passphrase if keep else None

    async def _next_keyring(self, *, wanted: bool) -> KeyringWrap | None:
        if not wanted:
            return None
        if self._before.keyring is not None and await self._keyring_still_opens():
            return self._before.keyring
        return await self._wrapping.with_keyring(self._key, self._before.vault_id)

    async def _keyring_still_opens(self) -> bool:
        try:
            return await self._wrapping.open_keyring(self._before) == self._key
        except KeyringUnavailableError:
            return False
