"""Who may borrow what until when, sealed."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.services.lending.loans import Loan
from desktop_app.store.collection import Collection
from desktop_app.store.database import Database


class LoanStore:
    """Implements ``services.ports.LoanStore``; every method raises ``LockedError``."""

    def __init__(self, database: Database) -> None:
        self._loans = Collection(database, "programs", Loan)

    def get(self, loan_id: str) -> Loan | None:
        """Return one loan, or None."""
        return self._loans.get(loan_id)

    def all(self) -> Sequence[Loan]:
        """Return every loan that is kept, those whose time has passed included."""
        return self._loans.all()

    async def save(self, loan: Loan) -> None:
        """Insert or replace a loan; on the disk when it returns."""
        await self._loans.save(loan.id, loan)

    async def delete(self, loan_id: str) -> None:
        """Forget a loan; on the disk when it returns."""
        await self._loans.delete(loan_id)
