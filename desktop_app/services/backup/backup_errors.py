"""Why a backup can't be made, opened or restored, in words for the person."""

from __future__ import annotations

from desktop_app.errors import AppError


class BackupError(AppError):
    """Something is wrong with a backup; nothing was changed."""

    code = "backup_unusable"
    public_message = "This backup can't be used: {reason}. Nothing was changed."

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason, reason=reason)


class NotABackupError(BackupError):
    """The file is something else."""

    code = "not_a_backup"
    public_message = (
        "This file is no backup of Coatcheck: {reason}. Choose the file that ends with .age."
    )


class BackupForKeysError(BackupError):
    """An age file that a key opens, no passphrase."""

    code = "backup_for_keys"
    public_message = (
        "This file is sealed for a key, not with a passphrase, so Coatcheck did not make it. "
        "Open it with the age command, and seal what is in it with a passphrase."
    )

    def __init__(self) -> None:
        super().__init__("no passphrase")


class WrongBackupPassphraseError(BackupError):
    """The passphrase does not open the file."""

    code = "wrong_backup_passphrase"
    public_message = (
        "That passphrase does not open this backup. It is the one that you chose when you made "
        "the backup. Check it and try again."
    )

    def __init__(self) -> None:
        super().__init__("wrong passphrase")
        self.fields = {"field": "passphrase"}


class DamagedBackupError(BackupError):
    """The file was cut off or altered."""

    code = "backup_damaged"
    public_message = (
        "This backup is damaged: it was cut off or altered. Nothing was changed. Use another copy "
        "of it, if you have one."
    )

    def __init__(self, detail: str = "") -> None:
        super().__init__("damaged", detail)


class BackupVersionError(BackupError):
    """A newer Coatcheck made it."""

    code = "backup_version"
    public_message = (
        "A newer Coatcheck made this backup. Update Coatcheck, then restore it. Nothing was "
        "changed."
    )

    def __init__(self) -> None:
        super().__init__("newer version")


class BackupTooLargeError(BackupError):
    """It is larger than any that we make."""

    code = "backup_too_large"
    public_message = "This file is too large for a backup: more than {most} MiB."

    def __init__(self, most: int) -> None:
        super().__init__("too large")
        self.fields = {"most": most >> 20}


class BackupGoneError(BackupError):
    """What was opened or made a while ago was forgotten again."""

    code = "backup_gone"
    public_message = "Coatcheck keeps an opened backup for some minutes only. Open it once more."

    def __init__(self) -> None:
        super().__init__("forgotten")


class SealingError(BackupError):
    """The part of Coatcheck that seals and opens backups failed."""

    code = "backup_failed"
    public_message = (
        "The backup could not be sealed or opened; perhaps there is too little memory free. "
        "Close other programs and try again. Nothing was changed."
    )

    def __init__(self, detail: str = "") -> None:
        super().__init__("the process failed", detail)
