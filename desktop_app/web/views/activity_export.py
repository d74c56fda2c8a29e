"""The activity log as a file for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from desktop_app.services.lending.activity_entries import ActivityEntry

COLUMNS = (
    "entry",
    "time",
    "by",
    "outcome",
    "program",
    "path",
    "process",
    "started_by",
    "account",
    "provider",
    "profile_id",
    "purpose",
    "permissions",
    "decision",
    "target",
    "says",
    "error",
)
# What a spreadsheet takes for a formula, or for the end of a field that begins one.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")  # noqa: RUF001


def csv_head() -> str:
    """Return the line with the columns' names."""
    return _written([COLUMNS])


def csv_rows(entries: Iterable[ActivityEntry]) -> str:
    """Return a line for each of *entries*, none of which a spreadsheet would run.

    Source: RFC 4180 for the form; OWASP's "CSV Injection" for the apostrophe.
    """
    return _written([[_harmless(value) for value in _values(entry)] for entry in entries])


def _written(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_MINIMAL).writerows(rows)
    return text.getvalue()


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _values(entry: ActivityEntry) -> list[str]:
    program = entry.program
    return [
        str(entry.number),
        datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="seconds"),
        entry.by,
        entry.outcome,
        program.name if program else "",
        program.path if program else "",
        "" if entry.pid is None else str(entry.pid),
        " < ".join(parent.name for parent in entry.parents),
        entry.account,
        entry.provider,
        entry.profile_id,
        entry.purpose or "",
        " ".join(entry.scopes),
        entry.decision or "",
        entry.target,
        entry.says,
        entry.error,
    ]
