"""Backups and their way back."""

from __future__ import annotations

from desktop_app.v1_0.operation import FILE, Operation
from desktop_app.v1_0.schemas import backups

BACKUPS = (
    Operation(
        "backup",
        "post",
        "/backup",
        "Everything in one age file, sealed with a passphrase; a command proves the person",
        FILE,
        takes=backups.BackupWish,
        errors=(409, 429, 507),
        proof=True,
    ),
    Operation(
        "prepared-backup",
        "post",
        "/backup/files",
        "Make a backup that the person's browser fetches at `url`",
        backups.PreparedBody,
        status=201,
        takes=backups.PrepareWish,
        errors=(507,),
        person=True,
    ),
    Operation(
        "restore",
        "post",
        "/restore",
        "Take over what is new in a backup, or look into it; a command proves the person",
        backups.RestorationBody,
        takes=backups.RestoreWish,
        errors=(404, 409, 429, 507),
        proof=True,
    ),
)
