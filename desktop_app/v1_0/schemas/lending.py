"""Approvals and programs: what the person is asked, and what they allow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from desktop_app.services.lending.askers import AskingProgram, Process, ProgramKind
from desktop_app.services.lending.loans import Decision, Loan, Purpose, Question
from desktop_app.services.lending.remembered_choices import RememberedChoice
from desktop_app.v1_0.schemas.base import (
    Answer,
    Line,
    Name,
    Request,
    Scopes,
    Seconds,
    Sparse,
    maybe_moment,
    moment,
)

_Path = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]


class ParentBody(Answer):
    """A process among a program's parents; ``path`` is "" where the system does not tell it."""

    pid: int
    name: str
    path: str


class ProgramBody(Sparse):
    """A program as the operating system shows it; ``parents`` has the nearest first."""

    name: str
    path: str
    kind: ProgramKind = msgspec.field(default_factory=lambda: "executable")
    interpreter: str | None = None
    pid: int | None = None
    parents: list[ParentBody] | None = None


class ApprovalBody(Answer):
    """A question for the person.

    ``may_be_always`` is false for scripts. ``wider``: the token may do more than ``scopes``.
    ``narrows``: it really will do less if scopes are taken away. ``replaced``: the program was
    changed since it was allowed. ``says`` is what the program itself says. ``first`` is what the
    settings want offered first. Where ``candidates`` holds accounts, the question is which of
    them, for ``subject``; ``profile_id`` is then no more than the first.
    """

    id: str
    program: ProgramBody
    profile_id: str
    purpose: Purpose
    scopes: list[str]
    says: str
    wider: bool
    narrows: bool
    replaced: bool
    may_be_always: bool
    first: Literal["once", "hour"] | None
    candidates: list[str]
    subject: str
    created_at: datetime


class ApprovalList(Answer):
    """Every question that waits, the oldest first."""

    approvals: list[ApprovalBody]
    total: int


class ApprovalAnswer(Request):
    """The person's answer; ``scopes`` are those that are allowed, by default all.

    ``profile_id`` is the account that was picked, where that is the question.
    """

    decision: Decision
    scopes: Scopes | None = None
    profile_id: Name | None = None


class ChoiceWish(Request):
    """Which of several accounts: the person picks, and that is remembered for ``remember_for``.

    ``candidates`` are ids of profiles; ``purpose`` is what the program says that it is for.
    """

    candidates: Annotated[list[Name], msgspec.Meta(min_length=2, max_length=100)]
    remember_for: Annotated[str, msgspec.Meta(min_length=1, max_length=8_192)]
    purpose: Line = ""
    wait_seconds: Seconds = 60


class ChoiceBody(Answer):
    """The account that the person picked, now or before."""

    profile_id: str


class RememberedChoiceBody(Answer):
    """An account that programs take for ``place`` without asking which one is meant."""

    id: str
    place: str
    profile_id: str
    created_at: datetime


class RememberedChoiceList(Answer):
    """What is remembered, the newest first."""

    account_choices: list[RememberedChoiceBody]
    total: int


class LoanBody(Answer):
    """What a program may borrow of an account, or (``deny``) may not; without ``until`` for good.

    ``once`` is one token.
    """

    id: str
    program: ProgramBody
    profile_id: str
    scopes: list[str]
    decision: Decision
    until: datetime | None
    created_at: datetime


class LoanLists(Answer):
    """Who may borrow, and who may not and is not asked about."""

    programs: list[LoanBody]
    total: int
    denied: list[LoanBody]


class ProofBody(Request):
    """Shows that the person stands behind a command: the passphrase, or the key file's content."""

    passphrase: Annotated[str, msgspec.Meta(max_length=4_096)] | None = None
    key_file: Annotated[str, msgspec.Meta(max_length=4_096)] | None = None


class ProgramRuleBody(Request):
    """Allow a program, or keep it away.

    ``program`` is a path, the id of a loan, or the name of a program that is known here.
    ``found_at`` is what the person's shell would run by a bare name.
    Without ``decision`` it is for always, or for an hour where always can't be. ``proof`` is for
    programs; the person's session needs none.
    """

    program: _Path
    profile_id: Name
    found_at: _Path | None = None
    decision: Decision | None = None
    scopes: Scopes | None = None
    proof: ProofBody | None = None


def program_body(
    program: AskingProgram, *, pid: int | None = None, parents: Sequence[Process] | None = None
) -> ProgramBody:
    """Return *program* for the outside."""
    return ProgramBody(
        name=program.name,
        path=program.path,
        kind=program.kind,
        interpreter=program.interpreter,
        pid=pid,
        parents=None if parents is None else [_parent_body(each) for each in parents],
    )


def approval_body(question: Question) -> ApprovalBody:
    """Return *question* for the outside."""
    asker = question.asker
    return ApprovalBody(
        id=question.id,
        program=program_body(asker.program, pid=asker.pid, parents=asker.parents),
        profile_id=question.profile_id,
        purpose=question.purpose,
        scopes=list(question.scopes),
        says=question.says,
        wider=question.wider,
        narrows=question.narrows,
        replaced=question.replaced,
        may_be_always=asker.program.may_be_always,
        first=question.first,
        candidates=list(question.candidates),
        subject=question.subject,
        created_at=moment(question.created_at),
    )


def approval_list(questions: Sequence[Question]) -> ApprovalList:
    """Return all of *questions* for the outside."""
    return ApprovalList(approvals=[approval_body(each) for each in questions], total=len(questions))


def choice_list(choices: Sequence[RememberedChoice]) -> RememberedChoiceList:
    """Return *choices* for the outside."""
    found = [
        RememberedChoiceBody(
            id=each.id,
            place=each.place,
            profile_id=each.profile_id,
            created_at=moment(each.created_at),
        )
        for each in choices
    ]
    return RememberedChoiceList(account_choices=found, total=len(found))


def loan_body(loan: Loan) -> LoanBody:
    """Return *loan* for the outside."""
    return LoanBody(
        id=loan.id,
        program=program_body(loan.program),
        profile_id=loan.profile_id,
        scopes=[] if loan.decision == "deny" else list(loan.scopes),
        decision=loan.decision,
        until=maybe_moment(loan.until),
        created_at=moment(loan.created_at),
    )


def loan_lists(loans: Sequence[Loan], denials: Sequence[Loan]) -> LoanLists:
    """Return who may borrow, and who may not, for the outside."""
    return LoanLists(
        programs=[loan_body(each) for each in loans],
        total=len(loans),
        denied=[loan_body(each) for each in denials],
    )


def _parent_body(process: Process) -> ParentBody:
    return ParentBody(pid=process.pid, name=process.name, path=process.path)
