"""The activity log on a real disk: what is written stays, what is done to it is found."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from desktop_app.errors import LockedError
from desktop_app.services.lending.activity_entries import ActivityEntry, LogProblem
from desktop_app.store.activity import ActivityLog
from desktop_app.store.errors import DiskFullError
from tests.support.askers import made_up_program

T = TypeVar("T")
KEY = bytes(range(32))


class Head:
    """Stands at ``ports.DocumentStore``: the sealed store, which an attacker can't change."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        return self.documents.get(name)

    async def save(self, name: str, document: Any) -> None:
        self.documents[name] = dict(document)

    async def delete(self, name: str) -> None:
        self.documents.pop(name, None)


class Log:
    """A data folder with its log, opened anew for each thing that is done."""

    def __init__(self, folder: Path, **limits: int) -> None:
        self.path = folder / "activity.log"
        self.head = Head()
        self.key = KEY
        self.limits = limits

    def run(self, work: Callable[[ActivityLog], Coroutine[Any, Any, T]]) -> T:
        async def opened() -> T:
            log = ActivityLog(self.path, key=lambda: self.key, documents=self.head, **self.limits)
            await log.open()
            try:
                return await work(log)
            finally:
                await log.close()

        return asyncio.run(opened())

    def add(self, *profiles: str) -> list[int]:
        async def work(log: ActivityLog) -> list[int]:
            return [(await log.append(entry(each))).number for each in profiles]

        return self.run(work)

    def find(self, wanted: Any = None, offset: int = 0, limit: int = 50) -> tuple[list[str], int]:
        found, total = self.run(lambda log: log.find(wanted, offset=offset, limit=limit))
        return [each.profile_id for each in found], total

    def problem(self) -> LogProblem | None:
        return self.run(lambda log: log.verify()).problem

    @property
    def lines(self) -> list[bytes]:
        return self.path.read_bytes().split(b"\n")[:-1]

    def write_lines(self, lines: list[bytes]) -> None:
        self.path.write_bytes(b"".join(line + b"\n" for line in lines))


def entry(profile_id: str) -> ActivityEntry:
    return ActivityEntry(
        at=1_770_000_000.0,
        outcome="given",
        purpose="token",
        profile_id=profile_id,
        account="Ada Example",
        program=made_up_program(),
        scopes=("repo",),
    )


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


@pytest.fixture
def small(tmp_path: Path) -> Log:
    """A log that begins a new file after about three entries, and keeps two full ones."""
    return Log(tmp_path, full=2_000, kept=2)


def test_entries_come_back_newest_first_also_after_a_restart(log: Log) -> None:
    assert log.add("a", "b") == [1, 2]
    assert log.add("c") == [3]
    assert log.find() == (["c", "b", "a"], 3)
    assert log.find(offset=1, limit=1) == (["b"], 3)
    assert log.find(lambda each: each.profile_id != "b") == (["c", "a"], 2)
    assert log.find(lambda each: each.profile_id != "b", offset=1, limit=5) == (["a"], 2)
    found, _ = log.run(lambda opened: opened.find(None, offset=2, limit=1))
    assert found[0].program == made_up_program()
    assert found[0].number == 1


def test_nothing_in_the_file_can_be_read_without_the_key(log: Log) -> None:
    log.add("a")
    content = log.path.read_bytes()
    assert not any(word in content for word in (b"Ada", b"git", b"repo", b"given"))
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


def test_an_untouched_log_is_good(small: Log) -> None:
    assert small.run(lambda opened: opened.verify()).entries == 0
    small.add(*"abcdefg")
    report = small.run(lambda opened: opened.verify())
    assert report.problem is None
    assert report.entries == 7


def test_many_at_once_are_written_in_order(log: Log) -> None:
    async def work(opened: ActivityLog) -> list[ActivityEntry]:
        return await asyncio.gather(*(opened.append(entry(str(each))) for each in range(500)))

    assert [each.number for each in log.run(work)] == list(range(1, 501))
    assert log.problem() is None


def test_a_full_file_makes_room_for_a_new_one_and_the_oldest_goes(small: Log) -> None:
    small.add(*"abcdefghijklmnopqrstuvwxyz")
    names = sorted(path.name for path in small.path.parent.glob("activity.log*"))
    assert len(names) == 3
    assert "activity.log.1" not in names
    assert small.problem() is None
    found, total = small.find(limit=100)
    assert found[0] == "z"
    assert "a" not in found
    assert total == len(found)
    assert small.add("next") == [27]


def test_a_file_that_was_to_be_removed_is_no_fault(small: Log) -> None:
    """The program ended between the store's note and the removing."""
    small.add(*"abc")
    oldest = small.path.read_bytes()
    small.add(*"defghijklmnopq")
    (small.path.parent / "activity.log.1").write_bytes(oldest)
    assert small.problem() is None


def test_an_altered_line_is_found_where_it_stands(log: Log) -> None:
    log.add(*"abcd")
    lines = log.lines
    for place in (10, 60, len(lines[2]) - 10):
        changed = bytearray(lines[2])
        changed[place] = ord("A") if changed[place] != ord("A") else ord("B")
        log.write_lines([*lines[:2], bytes(changed), *lines[3:]])
        problem = log.problem()
        assert problem is not None
        assert (problem.kind, problem.line, problem.entry) == ("altered", 3, 2)
    log.write_lines([*lines[:2], b"nonsense", *lines[3:]])
    problem = log.problem()
    assert problem is not None
    assert (problem.kind, problem.line, problem.entry) == ("altered", 3, 2)


def test_a_line_that_was_taken_out_is_found(log: Log) -> None:
    log.add(*"abcde")
    lines = log.lines
    log.write_lines([*lines[:2], *lines[4:]])
    assert log.problem() == LogProblem(
        kind="missing", file="activity.log", line=3, entry=2, count=2
    )


@pytest.mark.parametrize("order", [[0, 2, 1, 3], [0, 1, 1, 2, 3]])
def test_lines_in_another_order_are_found(log: Log, order: list[int]) -> None:
    log.add(*"abc")
    lines = log.lines
    log.write_lines([lines[place] for place in order])
    assert log.problem() is not None


def test_a_line_of_another_log_is_found(log: Log, tmp_path: Path) -> None:
    """The same key, the same number, but another history."""
    (tmp_path / "other").mkdir()
    other = Log(tmp_path / "other")
    log.add(*"abc")
    other.add(*"xyz")
    log.write_lines([*log.lines[:2], other.lines[2], log.lines[3]])
    problem = log.problem()
    assert problem is not None
    assert (problem.kind, problem.line) == ("altered", 3)


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_log_that_was_cut_off_is_found_and_goes_on(log: Log, kept: int) -> None:
    log.add(*"abcd")
    log.write_lines(log.lines[: kept + 1])
    problem = log.problem()
    assert problem is not None
    assert (problem.kind, problem.entry, problem.count) == ("missing", kept + 1, 4 - kept)
    assert log.add("e") == [5]
    found, _ = log.find()
    assert found[0] == "e"
    again = log.problem()
    assert again is not None
    assert (again.kind, again.entry, again.count) == ("missing", kept + 1, 4 - kept)


def test_a_log_that_was_taken_away_is_found_and_goes_on(log: Log) -> None:
    log.add(*"abc")
    log.path.unlink()
    assert log.add("d") == [4]
    problem = log.problem()
    assert problem == LogProblem(kind="missing", file="activity.log", line=1, entry=1, count=3)


def test_a_full_file_that_was_taken_away_is_found(small: Log) -> None:
    small.add(*"abcdefg")
    (small.path.parent / "activity.log.1").unlink()
    problem = small.problem()
    assert problem is not None
    assert (problem.kind, problem.entry) == ("missing", 1)


def test_full_files_that_changed_places_are_found(small: Log) -> None:
    for each in "abcdefghijkl":
        small.add(each)
    one, two = sorted(small.path.parent.glob("activity.log.*"))
    aside = one.with_name("aside")
    for name, target in ((one, aside), (two, one), (aside, two)):
        name.rename(target)
    problem = small.problem()
    assert problem is not None
    assert (problem.kind, problem.file) == ("missing", one.name)


def test_a_full_file_in_the_place_of_the_newest_is_found_and_the_log_goes_on(small: Log) -> None:
    for each in "abcdefghijkl":
        small.add(each)
    full = max(small.path.parent.glob("activity.log.*"))
    small.path.write_bytes(full.read_bytes())
    assert small.problem() is not None
    (number,) = small.add("later")
    assert number == 13
    assert small.find(limit=1)[0] == ["later"]
    assert small.problem() is not None


def test_an_older_copy_of_the_log_is_found(log: Log) -> None:
    log.add("a")
    older = log.path.read_bytes()
    log.add("b")
    log.path.write_bytes(older)
    assert log.add("c") == [3]
    problem = log.problem()
    assert problem is not None
    assert (problem.kind, problem.entry, problem.count) == ("missing", 2, 1)


@pytest.mark.parametrize("content", [b"", b"\n", b"something else\n", b"\0" * 4_000])
def test_another_file_in_its_place_is_kept_aside(log: Log, content: bytes) -> None:
    log.add("a")
    log.path.write_bytes(content)
    assert log.add("b") == [2]
    assert (log.path.parent / "activity.log.foreign").read_bytes() == content
    problem = log.problem()
    assert problem is not None
    assert (problem.kind, problem.entry) == ("missing", 1)


def test_a_link_or_a_folder_in_its_place_is_not_followed(log: Log) -> None:
    log.add("a")
    target = log.path.parent / "target"
    target.write_bytes(log.path.read_bytes())
    log.path.unlink()
    log.path.symlink_to(target)
    before = target.read_bytes()
    assert log.add("b") == [2]
    assert target.read_bytes() == before
    log.path.unlink()
    log.path.mkdir()
    assert log.add("c") == [3]


def test_the_log_of_an_earlier_vault_is_put_aside_when_one_begins_anew(small: Log) -> None:
    small.add(*"abcdefg")
    files = len(list(small.path.parent.glob("activity.log*")))
    small.key, small.head = bytes(32), Head()
    assert small.add("x") == [1]
    assert small.problem() is None
    assert len(list(small.path.parent.glob("*.foreign"))) == files


def test_an_unfinished_line_was_never_acknowledged(log: Log) -> None:
    """As a power cut leaves it."""
    log.add("a")
    with log.path.open("ab") as file:
        file.write(b"2 AAAA")
    assert log.problem() is None
    assert log.add("b") == [2]
    assert log.problem() is None


def test_a_log_ahead_of_the_store_is_no_fault(log: Log) -> None:
    """The program ended before the store knew of the newest entries."""
    log.add("a")
    known = dict(log.head.documents)
    log.add("b", "c")
    log.head.documents = known
    assert log.problem() is None
    assert log.add("d") == [4]


@pytest.mark.parametrize("deed", ["unlink", "cut", "replace"])
def test_what_is_done_while_it_runs_is_found_too(log: Log, deed: str) -> None:
    async def work(opened: ActivityLog) -> LogProblem | None:
        for each in "abc":
            await opened.append(entry(each))
        if deed == "unlink":
            log.path.unlink()
        elif deed == "cut":
            os.truncate(log.path, log.path.stat().st_size - 20)
        else:
            log.path.with_name("x").write_bytes(b"other")
            log.path.with_name("x").rename(log.path)
        await opened.append(entry("d"))
        found, _ = await opened.find(None, offset=0, limit=10)
        assert found[0].profile_id == "d"
        return (await opened.verify()).problem

    problem = log.run(work)
    assert problem is not None
    assert problem.kind == "missing"


def test_a_full_disk_changes_nothing(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.add("a")

    def full(descriptor: int, data: bytes) -> None:
        os.write(descriptor, data[:10])
        raise OSError(errno.ENOSPC, "full")

    async def work(opened: ActivityLog) -> None:
        with monkeypatch.context() as patched:
            patched.setattr("desktop_app.store.activity_files.write_all", full)
            with pytest.raises(DiskFullError):
                await opened.append(entry("b"))
        assert (await opened.append(entry("c"))).number == 2

    log.run(work)
    assert log.problem() is None
    assert log.find() == (["c", "a"], 2)


def test_a_closed_log_is_locked(log: Log) -> None:
    closed = ActivityLog(log.path, key=lambda: KEY, documents=log.head)
    with pytest.raises(LockedError):
        asyncio.run(closed.append(entry("a")))
    with pytest.raises(LockedError):
        asyncio.run(closed.find(None, offset=0, limit=1))
    with pytest.raises(LockedError):
        asyncio.run(closed.verify())
