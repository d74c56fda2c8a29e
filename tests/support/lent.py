"""Loans and a log that somebody could have after some days."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from desktop_app.services.lending.activity_entries import ActivityEntry
from desktop_app.services.lending.askers import Asker, AskingProgram, Process
from desktop_app.services.lending.loans import Loan
from tests.support.lending import ListedLog
from tests.support.made_up import DAY, HOUR, NOW

GIT = AskingProgram(name="git", path="/usr/bin/git", fingerprint="git-2.47")
MBSYNC = AskingProgram(name="mbsync", path="/usr/bin/mbsync", fingerprint="mbsync-1.4")
REPORT = AskingProgram(
    name="weekly_report.py",
    path="/home/sample/bin/weekly_report.py",
    kind="script",
    fingerprint="report",
    interpreter="/usr/bin/python3.11",
)
BOT = AskingProgram(
    name="photo-bot", path="/home/sample/.local/bin/photo-bot", fingerprint="photo-bot"
)
SHELL = (
    Process(pid=4711, name="zsh", path="/usr/bin/zsh"),
    Process(pid=4700, name="gnome-terminal", path="/usr/libexec/gnome-terminal-server"),
    Process(pid=1, name="systemd", path="/usr/lib/systemd/systemd"),
)


def asker(program: AskingProgram = GIT, pid: int = 4812) -> Asker:
    """Return *program* as it runs in a terminal."""
    return Asker(program=program, pid=pid, parents=SHELL)


def loan(**changes: Any) -> Loan:
    """Return what git was allowed for good."""
    values: dict[str, Any] = {
        "id": "git-always",
        "program": GIT,
        "profile_id": "coder",
        "decision": "always",
        "scopes": ("repo", "workflow"),
        "created_at": NOW - 40 * DAY,
    }
    return Loan(**(values | changes))


def entry(**changes: Any) -> ActivityEntry:
    """Return that git took what it may."""
    values: dict[str, Any] = {
        "at": NOW - 6 * 60,
        "outcome": "given",
        "purpose": "token",
        "profile_id": "coder",
        "account": "Sample Coder",
        "provider": "github",
        "program": GIT,
        "pid": 4812,
        "parents": SHELL,
        "scopes": ("repo", "workflow"),
        "decision": "always",
        "says": "https://github.com/sample/photo-book.git",
    }
    return ActivityEntry(**(values | changes))


def person_entry(**changes: Any) -> ActivityEntry:
    """Return a decision of the person about git."""
    decided: dict[str, Any] = {
        "by": "person",
        "outcome": "allowed",
        "purpose": None,
        "pid": None,
        "parents": (),
        "says": "",
    }
    return entry(**(decided | changes))


def lend_something(loans: Any, log: ListedLog) -> None:
    """Put three loans, a denial and the log of two days in."""
    sample: dict[str, Any] = {"profile_id": "sample", "account": "Sample Person"}
    sample["provider"] = "google"
    for each in (
        loan(),
        loan(id="mail", program=MBSYNC, profile_id="sample", scopes=("email",)),
        loan(
            id="report",
            program=REPORT,
            profile_id="sample",
            decision="hour",
            scopes=("email", "profile"),
            until=NOW + 26 * 60,
            created_at=NOW - 34 * 60,
        ),
        loan(
            id="bot",
            program=BOT,
            profile_id="photos-anna",
            decision="deny",
            scopes=(),
            until=NOW + 4 * 60,
            created_at=NOW - 6 * 60,
        ),
    ):
        loans.things[each.id] = each
    for number, each_entry in enumerate(
        (
            person_entry(at=NOW - 25 * HOUR, scopes=("repo", "workflow")),
            entry(at=NOW - 25 * HOUR + 2),
            entry(at=NOW - 18 * HOUR, **sample, program=MBSYNC, scopes=("email",), says=""),
            person_entry(at=NOW - 34 * 60, **sample, program=REPORT, decision="hour"),
            entry(at=NOW - 33 * 60, **sample, program=REPORT, scopes=("email", "profile"), says=""),
            entry(at=NOW - 20 * 60, outcome="timeout", program=MBSYNC, says="", scopes=()),
            entry(
                at=NOW - 6 * 60,
                outcome="denied",
                program=BOT,
                profile_id="photos-anna",
                account="Anna Albers",
                provider="photos",
                scopes=("photos.read",),
                decision=None,
                says="=cmd|' /C calc'!A0",
            ),
            entry(at=NOW - 4 * 60),
            entry(
                at=NOW - 60,
                outcome="failed",
                program=REPORT,
                **sample,
                error="provider_unreachable",
                says="",
            ),
        ),
        start=1,
    ):
        log.entries.append(replace(each_entry, number=number))
