"""The activity log: who took what, when, and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from desktop_app.services.lending.activity_entries import (
    ActivityEntry,
    LogProblem,
    LogReport,
    Outcome,
)
from desktop_app.services.lending.loans import Decision, Purpose
from desktop_app.v1_0.schemas.base import Answer, Line, Query, Sparse, moment
from desktop_app.v1_0.schemas.lending import ProgramBody, program_body


class ActivityQuery(Query):
    """Which entries; ``program`` is a part of a program's name or path."""

    profile: Line = ""
    program: Line = ""
    outcome: Line = ""
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    limit: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 50


class ActivityBody(Answer):
    """One thing that happened.

    ``by`` is ``person`` for what they did or decided themselves; ``program`` is then whom it was
    about, if anybody. ``account`` is what the account was called at that moment.
    """

    id: int
    at: datetime
    by: Literal["program", "person"]
    outcome: Outcome
    purpose: Purpose | None
    profile_id: str
    account: str
    provider: str
    program: ProgramBody | None
    scopes: list[str]
    decision: Decision | None
    target: str
    says: str
    error: str


class ActivityList(Answer):
    """One page of the log, newest first; ``total`` counts all that fit."""

    activity: list[ActivityBody]
    total: int


class ProblemBody(Answer):
    """The first thing that is wrong with the log, and where.

    ``file`` is in the data folder; ``line`` counts from 1; ``entry`` is the number of the first
    entry that is not as it was, ``count`` how many are gone if that is known.
    """

    kind: Literal["missing", "altered", "foreign"]
    file: str
    line: int
    entry: int
    count: int
    message: str


class VerificationBody(Sparse):
    """Whether the log is as it was written; ``entries`` counts those that are."""

    ok: bool
    entries: int
    problem: ProblemBody | None = None


def activity_list(entries: Sequence[ActivityEntry], total: int) -> ActivityList:
    """Return one page of the log for the outside."""
    return ActivityList(activity=[activity_body(each) for each in entries], total=total)


def activity_body(entry: ActivityEntry) -> ActivityBody:
    """Return *entry* for the outside."""
    return ActivityBody(
        id=entry.number,
        at=moment(entry.at),
        by=entry.by,
        outcome=entry.outcome,
        purpose=entry.purpose,
        profile_id=entry.profile_id,
        account=entry.account,
        provider=entry.provider,
        program=_program(entry),
        scopes=list(entry.scopes),
        decision=entry.decision,
        target=entry.target,
        says=entry.says,
        error=entry.error,
    )


def verification_body(report: LogReport, translate: Callable[[str], str]) -> VerificationBody:
    """Return what looking through the log found, in the reader's language."""
    found = report.problem
    return VerificationBody(
        ok=found is None,
        entries=report.entries,
        problem=None if found is None else _problem(found, translate),
    )


def _program(entry: ActivityEntry) -> ProgramBody | None:
    if entry.program is None:
        return None
    parents = entry.parents if entry.pid is not None else None
    return program_body(entry.program, pid=entry.pid, parents=parents)


def _problem(problem: LogProblem, translate: Callable[[str], str]) -> ProblemBody:
    reason = problem.reason
    message = translate(reason.msgid).format(**reason.fields)
    return ProblemBody(message=message, **asdict(problem))
