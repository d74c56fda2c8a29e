"""Why the vault stays locked, in words for the person.

All of the locked family are a ``LockedError``: whoever only wants to know "locked or not"
catches that one.
"""

from __future__ import annotations

from desktop_app.errors import AppError, LockedError


class WrongPassphraseError(LockedError):
    """The passphrase does not open the vault, or the vault has none."""

    code = "wrong_passphrase"
    public_message = "That passphrase does not open Coatcheck. Check it and try again."


class WrongKeyFileError(LockedError):
    """The key file is missing, damaged, or belongs to another vault."""

    code = "wrong_key_file"
    public_message = "The key file {path} does not open this data folder. Name the right one."


class KeyFileRightsError(WrongKeyFileError):
    """Others than its owner can read the key file."""

    code = "key_file_rights"
    public_message = (
        "The key file {path} can be read by others. Make it yours alone (mode 600) and try again."
    )


class KeyringUnavailableError(LockedError):
    """The system keyring can't be used; each subclass says why in one plain sentence."""

    code = "keyring_unavailable"
    public_message = "The system keyring can't be used. Use a passphrase instead."


class KeyringMissingError(KeyringUnavailableError):
    """There is no keyring here that keeps a secret sealed."""

    public_message = "This system has no keyring that Coatcheck can use. Use a passphrase instead."


class KeyringUnsafeError(KeyringUnavailableError):
    """The configured keyring keeps its secrets readable, or not at all."""

    public_message = "This system's keyring keeps secrets unprotected. Use a passphrase instead."


class KeyringSlowError(KeyringUnavailableError):
    """The keyring did not answer in time; perhaps it shows a question of its own."""

    public_message = (
        "The system keyring does not answer. See if it asks you something, then try again, "
        "or use a passphrase."
    )


class KeyringRefusedError(KeyringUnavailableError):
    """The keyring is locked, or the person refused."""

    public_message = "The system keyring is locked or refused. Unlock it, or use a passphrase."


class KeyringEntryLostError(KeyringUnavailableError):
    """The keyring works, but this vault's entry is not in it, or is another one."""

    public_message = (
        "The system keyring no longer has the key of this data folder. Use the passphrase if you "
        "have set one, or restore a backup."
    )


class TooManyGuessesError(LockedError):
    """Too many wrong passphrases; ``seconds`` says how long the next one has to wait."""

    code = "too_many_guesses"
    public_message = "Too many wrong passphrases. Try again in {seconds} seconds."


class WeakPassphraseError(AppError):
    """A new passphrase that is too short."""

    code = "weak_passphrase"
    public_message = "Choose a passphrase of at least {minimum} characters."


class NoWrapError(AppError):
    """A change would leave nothing that opens the vault."""

    code = "no_key_left"
    public_message = "Keep at least one way to unlock: the system keyring or a passphrase."


class UnopenableError(AppError):
    """No key opens what lies in the data folder; it can be put right, or put aside."""


class VaultMissingError(LockedError, UnopenableError):
    """There are accounts, but the file that says how to open them is gone."""

    code = "vault_missing"
    public_message = (
        "Your accounts are here, but the file vault.json that opens them is missing. Put it back "
        "from a copy of the folder, or begin anew."
    )
