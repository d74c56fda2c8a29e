"""What can be wrong with the vault's own files."""

from __future__ import annotations

from desktop_app.errors import AppError
from desktop_app.services.locking.lock_errors import UnopenableError


class DamagedRecordError(AppError):
    """Sealed bytes that the key does not open: altered, moved, or sealed with another key."""

    code = "damaged_record"
    public_message = "A part of your data is damaged and can't be read."


class DamagedVaultError(UnopenableError):
    """``vault.json`` can't be understood; it is left as it is."""

    code = "damaged_vault"
    public_message = (
        "The file vault.json is damaged. Put it back from a copy of the folder. "
        "Nothing was changed."
    )


class VaultVersionError(UnopenableError):
    """``vault.json`` was written by a newer Coatcheck; it is left as it is."""

    code = "vault_version"
    public_message = (
        "This data folder was written by a newer Coatcheck. Update Coatcheck to open it. "
        "Nothing was changed."
    )


class VaultWriteError(AppError):
    """``vault.json`` or the key file can't be written; what was there still holds."""

    code = "vault_not_written"
    public_message = (
        "The key could not be saved: the disk is full or the folder can't be written. Make room "
        "and try again. Nothing was changed."
    )


class VaultExistsError(AppError):
    """A vault is made where there is one."""

    code = "vault_exists"
    public_message = "This data folder already has a key. Unlock it instead."
