"""Who may borrow what until when, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop_app.providers.model import Provider
from desktop_app.providers.permissions import describe
from desktop_app.services.lending.activity_entries import ActivityEntry
from desktop_app.services.lending.loans import Loan
from desktop_app.services.lending.remembered_choices import RememberedChoice
from desktop_app.web.views.accounts import CardView
from desktop_app.web.views.borrowers import BorrowerView, borrower_view
from desktop_app.web.views.slip import LineView, short_scope
from desktop_app.web.views.speech import Speech

Accounts = Mapping[str, tuple[CardView, Provider]]
"""The accounts that there are, each under its id."""

LastUses = Mapping[tuple[str, str], float]
"""When a program last took something of an account, by the program's path and the account's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntilView:
    """How long a loan or a denial holds; ``html`` is safe."""

    icon: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanView:
    """One row: a program, an account, until when.

    Attributes:
        used: Safe HTML: when it was last used; "" for a denial.
        what: What it may do, in a few words.
        lines: The same, each with its sentence.
        taken: What a toast says once it is taken back.
    """

    id: str
    program: BorrowerView
    card: CardView
    until: UntilView
    used: str
    what: str
    lines: Sequence[LineView]
    taken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedView:
    """One row: an account that is taken for a place without asking; ``picked`` is safe HTML."""

    id: str
    place: str
    card: CardView
    picked: str


def remembered_view(choice: RememberedChoice, card: CardView, speech: Speech) -> RememberedView:
    """Return the row of *choice*, which is of the account on *card*."""
    return RememberedView(
        id=choice.id,
        place=choice.place,
        card=card,
        picked=speech.seen("Picked {time}.", choice.created_at),
    )


def loan_view(loan: Loan, accounts: Accounts, uses: LastUses, speech: Speech) -> LoanView | None:
    """Return the row of *loan*; None where its account is gone by now."""
    if loan.profile_id not in accounts:
        return None
    card, provider = accounts[loan.profile_id]
    program = borrower_view(loan.program, speech)
    denied = loan.decision == "deny"
    lines = [] if denied else [_line(scope, provider, speech) for scope in loan.scopes]
    return LoanView(
        id=loan.id,
        program=program,
        card=card,
        until=_until(loan, speech),
        used="" if denied else _used(uses.get((loan.program.path, card.id)), speech),
        what=_what(lines, speech),
        lines=lines,
        taken=_taken(program, denied, speech),
    )


def last_uses(entries: Sequence[ActivityEntry]) -> LastUses:
    """Return when each program last took something of each account; *entries* newest first."""
    uses: dict[tuple[str, str], float] = {}
    for entry in entries:
        if entry.outcome == "given" and entry.program is not None:
            uses.setdefault((entry.program.path, entry.profile_id), entry.at)
    return uses


def undo_call(loan_id: str) -> str:
    """Return what a button calls to have a loan again that was taken back."""
    return json.dumps({"restore": loan_id})


def _until(loan: Loan, speech: Speech) -> UntilView:
    if loan.until is None and loan.decision == "deny":
        return UntilView(icon="no", html=speech.say("Until you change it"))
    if loan.until is None:
        return UntilView(icon="always", html=speech.say("Always"))
    if loan.decision == "once":
        return UntilView(icon="clock", html=speech.timed("Once, before {time}", loan.until))
    return UntilView(icon="clock", html=speech.timed("Until {time}", loan.until))


def _used(at: float | None, speech: Speech) -> str:
    if at is None:
        return speech.say("Not used yet.")
    return speech.seen("Last used {time}.", at)


def _line(scope: str, provider: Provider, speech: Speech) -> LineView:
    found = describe(provider, scope)
    text = speech.translate(found.text)
    return LineView(text=text, care=found.care, scope=scope, short=short_scope(scope))


def _what(lines: Sequence[LineView], speech: Speech) -> str:
    if not lines:
        return speech.say("Everything that this account allows")
    return speech.count("{n} permission", "{n} permissions", len(lines))


def _taken(program: BorrowerView, denied: bool, speech: Speech) -> str:
    if denied:
        return speech.say("{program} may ask again.", program=program.name)
    return speech.say("Taken back from {program}.", program=program.name)
