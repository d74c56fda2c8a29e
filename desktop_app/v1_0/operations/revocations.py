"""The calendar of the accounts, and taking all of them back."""

from __future__ import annotations

from desktop_app.v1_0.operation import Operation
from desktop_app.v1_0.schemas.expirations import ExpirationList
from desktop_app.v1_0.schemas.revocations import RevokeAll, RoundBody

EXPIRATIONS = (
    Operation("expirations", "get", "/expirations", "Which accounts end when", ExpirationList),
)

REVOCATIONS = (
    Operation(
        "revocations",
        "get",
        "/revocations",
        "How far taking everything back is, with the proof for each account",
        RoundBody,
    ),
    Operation(
        "revocations",
        "post",
        "/revocations",
        "Take every account back at its provider",
        RoundBody,
        status=201,
        takes=RevokeAll,
    ),
)
