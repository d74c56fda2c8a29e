"""How the data key is kept: what the person may see of it, change, and show who they are with."""

from __future__ import annotations

import asyncio

from desktop_app.services.keeping import Vault, VaultInfo
from desktop_app.services.lending.loans import Proof
from desktop_app.services.locking.guesses import Guesses


class KeyKeeping:
    """The wraps of the data key.

    Args:
        guesses: Slows down whoever guesses, here as at unlocking.
        one_at_a_time: Held while the key is used or changed.
    """

    def __init__(self, vault: Vault, *, guesses: Guesses, one_at_a_time: asyncio.Lock) -> None:
        self._vault = vault
        self._guesses = guesses
        self._one_at_a_time = one_at_a_time

    def info(self) -> VaultInfo:
        """Say how the data key is kept."""
        return self._vault.info()

    async def check_keyring(self) -> VaultInfo:
        """Ask the keyring whether it works, then say how the key is kept."""
        await self._vault.check_keyring()
        return self._vault.info()

    async def rewrap(
        self,
        *,
        keyring: bool,
        passphrase: str | None,
        current_passphrase: str | None,
        keep_passphrase: bool = False,
    ) -> VaultInfo:
        """Change how the key is kept, see ``Vault.rewrap``; guesses are slowed here too.

        Raises:
            TooManyGuessesError: Too many were wrong; ``seconds`` says how long to wait.
            AppError: As ``Vault.rewrap`` says.
        """
        async with self._one_at_a_time:
            with self._guesses.one():
                await self._vault.rewrap(
                    keyring=keyring,
                    passphrase=passphrase,
                    current_passphrase=current_passphrase,
                    keep_passphrase=keep_passphrase,
                )
        return self._vault.info()

    async def prove(self, proof: Proof) -> None:
        """Return if *proof* shows the person; guesses are slowed here too.

        Raises:
            WrongPassphraseError: It is not the passphrase.
            WrongKeyFileError: It is not the key file.
            TooManyGuessesError: Too many were wrong; ``seconds`` says how long to wait.
            LockedError: Nothing was given.
        """
        async with self._one_at_a_time:
            with self._guesses.one():
                await self._vault.prove(passphrase=proof.passphrase, key_file=proof.key_file)
