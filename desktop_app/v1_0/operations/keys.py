"""Locking, unlocking, and how the data key is kept."""

from __future__ import annotations

from desktop_app.v1_0.operation import NOTHING, Operation
from desktop_app.v1_0.schemas import program

KEYS = (
    Operation("session", "get", "/session", "Locked or not", program.SessionBody),
    Operation(
        "session",
        "post",
        "/session",
        "Unlock; the first passphrase is the one that is set",
        program.SessionBody,
        takes=program.Unlocking,
        errors=(409, 429, 507),
    ),
    Operation("session", "delete", "/session", "Lock", NOTHING, status=204),
    Operation(
        "keys",
        "get",
        "/keys",
        "How the data key is kept",
        program.KeysBody,
        query=program.KeysQuery,
        person=True,
    ),
    Operation(
        "keys",
        "patch",
        "/keys",
        "Keep it in the keyring, by a passphrase, or both",
        program.KeysBody,
        takes=program.KeysChange,
        errors=(409, 429, 507),
        person=True,
    ),
    Operation(
        "start-over",
        "post",
        "/keys/start-over",
        "Begin anew after a forgotten passphrase; the old files are kept aside",
        program.SessionBody,
        takes=program.StartOver,
        errors=(409, 507),
        person=True,
    ),
)
