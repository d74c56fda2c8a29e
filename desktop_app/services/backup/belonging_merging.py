"""What hangs on the accounts of a backup: pictures, programs that are kept away, choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from desktop_app.services.accounts import Picture
from desktop_app.services.backup.account_merging import AccountMerge
from desktop_app.services.backup.contents import ACCOUNT_CHOICES, Contents, Document
from desktop_app.services.lending.loans import Loan

_MOST_CHOICES: Final = 1_000


def pictures(here: Contents, backup: Contents, accounts: AccountMerge) -> tuple[Picture, ...]:
    """Return those of accounts that are written and have none here."""
    there = {each.profile_id for each in here.pictures}
    wanted = {each.id for each in accounts.written} - there
    return tuple(
        replace(each, profile_id=accounts.ids[each.profile_id])
        for each in backup.pictures
        if accounts.ids.get(each.profile_id) in wanted
    )


def denials(
    said: Sequence[Loan], denied: Sequence[Loan], ids: Mapping[str, str], new_id: Callable[[], str]
) -> tuple[Loan, ...]:
    """Return those *denied* by a backup of whom nothing is *said* here, allowed or not."""
    taken = {each.id for each in said}
    kept: list[Loan] = []
    for loan in denied:
        profile_id = ids.get(loan.profile_id)
        wanted = loan.decision == "deny" and loan.until is None
        if profile_id is None or not wanted or _is_said(said, loan, profile_id):
            continue
        loan_id = new_id() if loan.id in taken else loan.id
        taken.add(loan_id)
        kept.append(replace(loan, id=loan_id, profile_id=profile_id))
    return tuple(kept)


def _is_said(here: Sequence[Loan], loan: Loan, profile_id: str) -> bool:
    return any(
        each.profile_id == profile_id and each.program.is_same_place(loan.program) for each in here
    )


def choices(here: Contents, backup: Contents, ids: Mapping[str, str]) -> dict[str, Document]:
    """Return the document of choices, if any of the backup is new here."""
    mine = dict(here.documents.get(ACCOUNT_CHOICES, {}))
    theirs = {
        key: {**each, "profile_id": ids[each["profile_id"]]}
        for key, each in backup.documents.get(ACCOUNT_CHOICES, {}).items()
        if _is_choice(each) and each["profile_id"] in ids and key not in mine
    }
    if not theirs:
        return {}
    return {ACCOUNT_CHOICES: dict([*theirs.items(), *mine.items()][-_MOST_CHOICES:])}


def _is_choice(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"place", "profile_id", "created_at"}
        and isinstance(value["place"], str)
        and isinstance(value["profile_id"], str)
        and isinstance(value["created_at"], int | float)
    )
