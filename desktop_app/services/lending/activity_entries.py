"""What is written down of every loan, and what looking through the log finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desktop_app.errors import Reason
from desktop_app.services.lending.askers import AskingProgram, Process
from desktop_app.services.lending.loans import Decision, Purpose

Outcome = Literal[
    "given", "denied", "timeout", "failed", "gone", "refused", "allowed", "forbidden", "revoked"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEntry:
    """One line of the activity log.

    Attributes:
        number: Counts from 1; 0 until it is written.
        at: Seconds since the epoch.
        by: ``program``: a program asked; ``person``: the person did or decided something.
        outcome: ``given``; ``denied`` by an answer or an earlier one; ``timeout``; ``failed``
            after it was allowed; ``gone`` before an answer; ``refused`` without a question;
            ``allowed``, ``forbidden`` and ``revoked`` are what the person decided.
        account: The account's name at that moment; it may be forgotten by now.
        error: The stable code of why it failed.
    """

    number: int = 0
    at: float
    by: Literal["program", "person"] = "program"
    outcome: Outcome
    purpose: Purpose | None = None
    profile_id: str
    account: str = ""
    provider: str = ""
    program: AskingProgram | None = None
    pid: int | None = None
    parents: tuple[Process, ...] = ()
    scopes: tuple[str, ...] = ()
    decision: Decision | None = None
    target: str = ""
    says: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProblem:
    """The first thing that is wrong with the activity log, and where.

    Attributes:
        kind: ``missing``: entries are gone; ``altered``: something else stands in their place;
            ``foreign``: the file is another log's.
        file: Name of the file in the data folder.
        line: Counts from 1; 0 where the whole file is meant.
        entry: Number of the first entry that is not as it was.
        count: How many entries are gone; 0 if that is not known.
    """

    kind: Literal["missing", "altered", "foreign"]
    file: str
    line: int
    entry: int
    count: int = 0

    @property
    def reason(self) -> Reason:
        """What is wrong and where, as a sentence."""
        sentences = {
            "missing": Reason(
                "Entries are missing before line {line} of {file}: {count}.",
                line=self.line,
                file=self.file,
                count=self.count,
            ),
            "altered": Reason(
                "Line {line} of {file} was altered. Entry {entry} stood there.",
                line=self.line,
                file=self.file,
                entry=self.entry,
            ),
            "foreign": Reason(
                "The beginning of {file} was altered, or it is another log's file.", file=self.file
            ),
        }
        return sentences[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What looking through the whole log found.

    Attributes:
        entries: How many are as they were written.
    """

    entries: int
    problem: LogProblem | None = None
