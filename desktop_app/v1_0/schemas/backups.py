"""Backups: the passphrase that seals one, and what restoring one does."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from desktop_app.services.backup.account_merging import AccountStep, Action, Reason
from desktop_app.services.backup.making import PreparedBackup
from desktop_app.services.backup.restoring import Restoration
from desktop_app.services.profiles.naming import display_name
from desktop_app.v1_0.schemas.base import Answer, Request, moment
from desktop_app.v1_0.schemas.lending import ProofBody
from desktop_app.v1_0.schemas.program import Passphrase

_HeldId = Annotated[str, msgspec.Meta(max_length=200)]

NOTICE = (
    "If the other computer still runs, use each account on only one of the two. Some services take "
    "a second one for a thief, and end the permission for both."
)
"""Said where accounts that renew themselves were restored."""


class BackupWish(Request):
    """The passphrase that seals the file; a command adds what proves the person."""

    passphrase: Passphrase
    proof: ProofBody | None = None


class PrepareWish(Request):
    """The passphrase that seals the file."""

    passphrase: Passphrase


class PreparedBody(Answer):
    """A backup that can be fetched at ``url`` for some minutes, in the person's own session."""

    url: str
    name: str
    bytes: int
    profiles: int
    made_at: datetime
    expires_at: datetime


class RestoreWish(Request):
    """The age file in base64 and its passphrase, or the ``id`` of one that was looked into.

    With ``preview`` nothing is changed.
    """

    file: str | None = None
    passphrase: Passphrase | None = None
    id: _HeldId | None = None
    preview: bool = False
    proof: ProofBody | None = None


class RestoredAccount(Answer):
    """One account of the backup; ``action`` is what becomes of it, ``reason`` why.

    ``add`` and ``replace`` take it over, ``keep`` leaves the one that is here as it is, ``leave``
    takes nothing of it.
    """

    id: str
    provider: str
    issuer: str
    name: str
    action: Action
    reason: Reason


class RestorationBody(Answer):
    """What restoring does, or has done.

    ``providers`` are the entries that come along, ``denials`` says how many programs are kept away
    again. ``notice`` is for the person: two machines may hold the same accounts now.
    """

    id: str | None
    restored: bool
    made_at: datetime
    made_by: str
    profiles: list[RestoredAccount]
    total: int
    providers: list[str]
    denials: int
    notice: str | None


def prepared_body(prepared: PreparedBackup, url: str) -> PreparedBody:
    """Return *prepared*, which can be fetched at *url*, as a body."""
    backup = prepared.backup
    return PreparedBody(
        url=url,
        name=backup.name,
        bytes=len(backup.content),
        profiles=backup.profiles,
        made_at=moment(backup.made_at),
        expires_at=moment(prepared.until),
    )


def restoration_body(found: Restoration, notice: str) -> RestorationBody:
    """Return *found* as a body; *notice* stands in it where there is need for it."""
    accounts = [_account(step) for step in found.steps]
    return RestorationBody(
        id=None if found.restored else found.id,
        restored=found.restored,
        made_at=moment(found.made_at),
        made_by=found.made_by,
        profiles=accounts,
        total=len(accounts),
        providers=list(found.providers),
        denials=found.denials,
        notice=notice if found.renewable else None,
    )


def _account(step: AccountStep) -> RestoredAccount:
    profile = step.profile
    return RestoredAccount(
        id=profile.id,
        provider=profile.provider,
        issuer=profile.issuer,
        name=display_name(profile),
        action=step.action,
        reason=step.reason,
    )
