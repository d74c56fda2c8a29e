"""Everything that a backup is about, read at one moment and written in one step."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Picture, Profile
from desktop_app.services.backup.contents import (
    ACCOUNT_CHOICES,
    LAST_BACKUP,
    PHOTO_DOCUMENTS,
    Contents,
)
from desktop_app.services.lending.loans import Loan
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.store.collection import to_document
from desktop_app.store.database import Database

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")

_DOCUMENTS: Final = (ACCOUNT_CHOICES, LAST_BACKUP, *PHOTO_DOCUMENTS)

Changes = dict[tuple[str, str], Mapping[str, Any]]


class ContentsStore:
    """Implements ``services.backup.ports.ContentsStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> Contents:
        """Return everything as it is now.

        Raises:
            LockedError: The vault is locked.
        """
        documents = self._all("documents")
        return Contents(
            profiles=self._values("profiles", Profile),
            pictures=self._values("pictures", Picture),
            providers=self._values("providers", Provider),
            registrations=self._values("registrations", RegisteredClient),
            denials=tuple(loan for loan in self._loans() if _is_for_good(loan)),
            documents={name: documents[name] for name in _DOCUMENTS if name in documents},
        )

    def allowed(self) -> Sequence[Loan]:
        """Return what programs are allowed, which is no part of a backup.

        Raises:
            LockedError: The vault is locked.
        """
        return [loan for loan in self._loans() if loan.decision != "deny"]

    async def write(self, contents: Contents) -> None:
        """Insert or replace all of *contents*: every part of it or none; durable when it returns.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: No room; nothing has changed.
            StoreError: The disk failed; nothing has changed.
        """
        await self._database.commit(_changes(contents))

    def _loans(self) -> Sequence[Loan]:
        return self._values("programs", Loan)

    def _all(self, table: str) -> Mapping[str, Mapping[str, Any]]:
        return {str(each.doc_id): each for each in self._database.table(table).all()}

    def _values(self, table: str, kind: type[_T]) -> tuple[_T, ...]:
        found: list[_T] = []
        for doc_id, document in self._all(table).items():
            try:
                found.append(msgspec.convert(dict(document), kind))
            except msgspec.ValidationError:
                # Nobody can use it, and a backup must not fail because of it.
                _logger.error("%s %s is not understood", table, doc_id)  # noqa: TRY400
        return tuple(found)


def _is_for_good(loan: Loan) -> bool:
    return loan.decision == "deny" and loan.until is None


def _changes(contents: Contents) -> Changes:
    changes: Changes = {("profiles", each.id): to_document(each) for each in contents.profiles}
    changes |= {("pictures", each.profile_id): to_document(each) for each in contents.pictures}
    changes |= {("providers", each.id): to_document(each) for each in contents.providers}
    registrations = contents.registrations
    changes |= {("registrations", each.provider): to_document(each) for each in registrations}
    changes |= {("programs", each.id): to_document(each) for each in contents.denials}
    changes |= {("documents", name): each for name, each in contents.documents.items()}
    return changes
