"""Looks through the whole activity log for what is missing or altered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from desktop_app.services.lending.activity_entries import LogProblem, LogReport
from desktop_app.store.activity_files import LogFile
from desktop_app.store.activity_lines import (
    Keys,
    Line,
    Place,
    follows,
    open_line,
    parse_header,
    parse_line,
)


@dataclass(slots=True)
class Check:
    """Goes over the files from the oldest to the newest.

    Attributes:
        place: How far the chain was followed.
        head: The newest entry that the sealed store knows of.
    """

    keys: Keys
    place: Place
    head: Place
    entries: int = 0
    problem: LogProblem | None = None
    _name: str = "activity.log"
    _line: int = 0
    _head_seen: bool = field(default=False)

    def run(self, files: Iterable[LogFile]) -> LogReport:
        """Return what was found; the first problem is the one that is told."""
        self._head_seen = self.place == self.head
        for file in files:
            self._read(file)
        self._check_end()
        return LogReport(entries=self.entries, problem=self.problem)

    def _read(self, file: LogFile) -> None:
        self._name, self._line = file.name, 1
        lines = file.lines
        before = parse_header(self.keys, lines[0]) if lines else None
        if before is None:
            self._report("foreign", self.place.number + 1)
            return
        if before.number < self.place.number and not self.entries:
            # A file from before what the store still vouches for: it was about to be removed.
            return
        self._join(before)
        for self._line, text in enumerate(lines[1:], start=2):
            self._step(parse_line(text))

    def _join(self, before: Place) -> None:
        """Compare where a file says that it begins with where the one before it ended."""
        if before.number > self.place.number:
            gone = before.number - self.place.number
            self._report("missing", self.place.number + 1, count=gone)
        elif before != self.place:
            self._report("altered", before.number)
        self.place = before

    def _step(self, line: Line | None) -> None:
        expected = self.place.number + 1
        if line is None:
            self._report("altered", expected)
            return
        if line.number > expected:
            self._report("missing", expected, count=line.number - expected)
        elif not follows(self.keys, self.place, line) or open_line(self.keys, line) is None:
            self._report("altered", expected)
        else:
            self.entries += 1
        if line.place == self.head:
            self._head_seen = True
        self.place = line.place

    def _check_end(self) -> None:
        gone = self.head.number - self.place.number
        if gone > 0:
            self._line += 1
            self._report("missing", self.place.number + 1, count=gone)
        elif not self._head_seen:
            self._report("altered", self.head.number)

    def _report(self, kind: str, entry: int, *, count: int = 0) -> None:
        if self.problem is None:
            self.problem = LogProblem(
                kind=kind,  # type: ignore[arg-type]
                file=self._name,
                line=self._line,
                entry=entry,
                count=count,
            )
