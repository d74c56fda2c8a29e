from __future__ import annotations

import os
import secrets
import struct
import tempfile
import zlib
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.store.errors import (
    DiskFullError,
    ForeignStoreError,
    ReplacedStoreError,
    StoreError,
    StoreVersionError,
)
from desktop_app.store.frames import FRAME_BYTES, HEADER_BYTES, MARKER, RECORD_OVERHEAD
from desktop_app.store.journal import Journal
from tests.support.keeping import largest_file, mode_of, tiny_disk

_KEY = bytes(range(32))
_PAYLOADS = [b"one", b"two" * 40, b"", b"four", b"five" * 9]


def _journal(path: Path, key: bytes = _KEY, version: int = 1) -> Journal:
    return Journal(path, key=key, version=version, random=secrets.token_bytes)


def _open(path: Path, key: bytes = _KEY, version: int = 1) -> tuple[Journal, list[bytes]]:
    journal = _journal(path, key, version)
    return journal, journal.open()


def _payloads(path: Path) -> list[bytes]:
    journal, payloads = _open(path)
    journal.close()
    return payloads


def _filled(path: Path, payloads: list[bytes] | None = None) -> list[int]:
    """Write each payload as a batch of its own; return where each record ends."""
    journal, _ = _open(path)
    ends = []
    for payload in _PAYLOADS if payloads is None else payloads:
        journal.append([[payload]])
        ends.append(journal.size)
    journal.close()
    return ends


def _starts(ends: list[int]) -> list[int]:
    return [HEADER_BYTES, *ends[:-1]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profiles.db"


def test_what_was_appended_reads_back_in_order(path: Path) -> None:
    _filled(path)
    journal, payloads = _open(path)
    assert payloads == _PAYLOADS
    assert journal.report.clean
    assert journal.report.records == len(_PAYLOADS)
    assert mode_of(path) == 0o600


def test_nothing_of_a_payload_is_readable_in_the_file(path: Path) -> None:
    _filled(path, [b"refresh-token-in-the-clear"])
    assert b"refresh-token" not in path.read_bytes()


def test_rights_that_are_too_wide_are_narrowed(path: Path) -> None:
    _filled(path)
    path.chmod(0o644)
    _payloads(path)
    assert mode_of(path) == 0o600


def test_a_tail_torn_at_any_byte_loses_nothing_that_was_whole(path: Path) -> None:
    ends = _filled(path)
    content = path.read_bytes()
    for length in range(HEADER_BYTES, len(content)):
        path.write_bytes(content[:length])
        journal, payloads = _open(path)
        whole = sum(1 for end in ends if end <= length)
        assert payloads == _PAYLOADS[:whole]
        assert journal.report.clean
        assert journal.report.torn_bytes == length - ([HEADER_BYTES, *ends][whole])
        journal.append([[b"after"]])
        journal.close()
        again = _payloads(path)
        assert again == [*_PAYLOADS[:whole], b"after"]
    assert not list(path.parent.glob("*.damaged*"))


def test_a_tail_that_the_file_system_grew_with_zeros_is_torn(path: Path) -> None:
    ends = _filled(path)
    content = path.read_bytes()
    for cut in range(ends[-2] + 1, ends[-1]):
        path.write_bytes(content[:cut].ljust(ends[-1], b"\0"))
        payloads = _payloads(path)
        assert payloads[:4] == _PAYLOADS[:4]


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6), st.data())
def test_batches_are_whole_or_not_there(payloads: list[bytes], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.db"
        _filled(path, [b"before"])
        start = path.stat().st_size
        journal, _ = _open(path)
        journal.append([payloads])
        journal.close()
        path.write_bytes(path.read_bytes()[: data.draw(st.integers(start, journal.size - 1))])
        journal, found = _open(path)
        assert found == [b"before"]
        journal.append([[b"after"]])
        journal.close()
        reopened, found = _open(path)
        assert found == [b"before", b"after"]
        assert reopened.report.clean


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_flipped_bit_costs_at_most_its_own_record(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.db"
        ends = _filled(path)
        content = bytearray(path.read_bytes())
        bit = data.draw(st.integers(0, 8 * len(content) - 1))
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        hit = next((n for n, end in enumerate(ends) if bit // 8 < end), 0)
        expected = list(_PAYLOADS)
        if bit // 8 >= HEADER_BYTES:
            del expected[hit]
        journal, payloads = _open(path)
        assert payloads == expected
        assert not journal.report.clean
        assert journal.report.aside is not None
        assert journal.report.aside.read_bytes() == bytes(content)
        assert mode_of(journal.report.aside) == 0o600
        journal.append([[b"after"]])
        journal.close()
        reopened, again = _open(path)
        assert again == [*expected, b"after"]
        assert reopened.report.clean


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(HEADER_BYTES, HEADER_BYTES + 500), st.integers(0, 80))
def test_whatever_stands_in_the_file_the_other_records_are_saved(
    junk: bytes, place: int, removed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.db"
        ends = _filled(path)
        content = path.read_bytes()
        place = min(place, len(content))
        path.write_bytes(content[:place] + junk + content[place + removed :])
        payloads = _payloads(path)
        untouched = [
            payload
            for payload, start, end in zip(_PAYLOADS, _starts(ends), ends, strict=True)
            if end <= place or start >= place + removed
        ]
        assert [p for p in payloads if p in untouched] == untouched


def test_a_record_dropped_from_the_middle_is_missed(path: Path) -> None:
    ends = _filled(path)
    content = path.read_bytes()
    path.write_bytes(content[: ends[0]] + content[ends[1] :])
    journal, payloads = _open(path)
    assert payloads == [_PAYLOADS[0], *_PAYLOADS[2:]]
    assert journal.report.missing == 1


def test_records_in_another_order_or_twice_are_not_taken(path: Path) -> None:
    ends = _filled(path)
    content = path.read_bytes()
    first, second = content[HEADER_BYTES : ends[0]], content[ends[0] : ends[1]]
    path.write_bytes(content[:HEADER_BYTES] + second + first + content[ends[1] :] + first)
    journal, payloads = _open(path)
    assert payloads == _PAYLOADS[1:]
    assert journal.report.misplaced == 2


def test_a_record_of_another_file_with_the_same_key_is_not_taken(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    ends = _filled(one)
    _filled(two, [b"other"] * 5)
    content = one.read_bytes()
    foreign = two.read_bytes()[HEADER_BYTES : HEADER_BYTES + RECORD_OVERHEAD + 5]
    one.write_bytes(content[: ends[-1]] + foreign)
    journal, payloads = _open(one)
    assert payloads == _PAYLOADS
    assert journal.report.damaged == 1


def test_a_chance_marker_inside_a_damaged_stretch_is_not_a_record(path: Path) -> None:
    ends = _filled(path)
    content = bytearray(path.read_bytes())
    front = struct.pack(">3sBIQ", MARKER, 1, RECORD_OVERHEAD, 2)
    forged = front + struct.pack(">I", zlib.crc32(front))
    content[ends[0] + 30 : ends[0] + 30 + len(forged)] = forged
    content[ends[0]] ^= 1
    path.write_bytes(content)
    assert _payloads(path) == [_PAYLOADS[0], *_PAYLOADS[2:]]


def test_the_damaged_file_stays_if_it_cannot_be_copied_aside(path: Path) -> None:
    ends = _filled(path, [b"x" * 2000] * 3)
    content = bytearray(path.read_bytes())
    content[ends[0] + FRAME_BYTES + 20] ^= 1
    path.write_bytes(content)
    with largest_file(1000), pytest.raises(DiskFullError):
        _payloads(path)
    assert path.read_bytes() == bytes(content)
    assert len(_payloads(path)) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"COATCHK\n", b"{}", b'{"_default": {}}', b"SQLite format 3\0" + bytes(500), bytes(500)],
)
def test_a_foreign_file_is_refused_and_untouched(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ForeignStoreError):
        _payloads(path)
    assert path.read_bytes() == content
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_file_of_another_vault_is_refused_and_untouched(path: Path) -> None:
    _filled(path)
    content = path.read_bytes()
    with pytest.raises(ForeignStoreError):
        _open(path, key=os.urandom(32))
    assert path.read_bytes() == content


def test_a_newer_version_is_refused_and_untouched(path: Path) -> None:
    journal, _ = _open(path, version=2)
    journal.append([[b"later"]])
    journal.close()
    content = path.read_bytes()
    with pytest.raises(StoreVersionError):
        _payloads(path)
    assert path.read_bytes() == content
    path.write_bytes(content[:10] + b"a layout of the future")
    with pytest.raises(StoreVersionError):
        _payloads(path)


def test_a_header_cut_short_is_refused(path: Path) -> None:
    _filled(path)
    content = path.read_bytes()
    for length in range(HEADER_BYTES):
        path.write_bytes(content[:length])
        with pytest.raises(ForeignStoreError):
            _payloads(path)
        assert path.read_bytes() == content[:length]


def test_replacing_keeps_what_is_given_and_goes_on(path: Path) -> None:
    _filled(path, [b"x" * 1000] * 20)
    journal, _ = _open(path)
    before = journal.size
    journal.replace([b"kept"])
    journal.append([[b"more"]])
    assert journal.size < before
    journal.close()
    assert _payloads(path) == [b"kept", b"more"]


def test_the_draft_of_a_replace_that_was_cut_short_is_removed(path: Path) -> None:
    _filled(path)
    path.with_name("profiles.db.new").write_bytes(b"half")
    assert _payloads(path) == _PAYLOADS
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_synced_does_not_mix_two_files(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _filled(path)
    journal, _ = _open(path)
    failing = True

    def sync(folder: Path) -> None:
        if failing:
            raise OSError(5, "input/output error")

    monkeypatch.setattr("desktop_app.store.journal_file.sync_folder", sync)
    with pytest.raises(StoreError):
        journal.replace([b"kept"])
    with pytest.raises(StoreError):
        journal.append([[b"not acknowledged while the name is not durable"]])
    failing = False
    journal.append([[b"acknowledged"]])
    journal.close()
    assert _payloads(path) == [b"kept", b"acknowledged"]


_DISKS = ["limit", *(["tmpfs"] if os.geteuid() == 0 else [])]


@pytest.mark.parametrize("disk", _DISKS)
def test_a_full_disk_changes_nothing_and_ends_when_there_is_room(tmp_path: Path, disk: str) -> None:
    mount: AbstractContextManager[Path] = (
        tiny_disk(tmp_path / "disk") if disk == "tmpfs" else nullcontext(tmp_path)
    )
    with mount as folder:
        path = folder / "profiles.db"
        journal, _ = _open(path)
        journal.append([[b"before"]])
        size = journal.size
        with (
            largest_file(64 << 10) if disk == "limit" else nullcontext(),
            pytest.raises(DiskFullError),
        ):
            journal.append([[b"x" * (256 << 10)]])
        assert path.stat().st_size == size
        journal.append([[b"after"]])
        with (
            largest_file(64 << 10) if disk == "limit" else nullcontext(),
            pytest.raises(DiskFullError),
        ):
            journal.replace([b"x" * (256 << 10)])
        journal.append([[b"still"]])
        journal.close()
        assert _payloads(path) == [b"before", b"after", b"still"]
        assert [p.name for p in folder.iterdir()] == ["profiles.db"]


def test_a_file_that_was_removed_takes_nothing_that_would_be_gone_with_it(path: Path) -> None:
    journal, _ = _open(path)
    path.unlink()
    for _ in range(2):
        with pytest.raises(ReplacedStoreError):
            journal.append([[b"lost"]])
    with pytest.raises(ReplacedStoreError):
        journal.replace([b"lost"])
    journal.close()
    assert not path.exists()


def test_a_file_that_was_put_back_from_a_copy_is_not_written_over(path: Path) -> None:
    _filled(path)
    copy = path.read_bytes()
    journal, _ = _open(path)
    path.unlink()
    path.write_bytes(copy)
    with pytest.raises(ReplacedStoreError):
        journal.append([[b"lost"]])
    with pytest.raises(ReplacedStoreError):
        journal.replace([b"lost"])
    journal.close()
    assert path.read_bytes() == copy


def test_two_that_write_take_nothing_away_from_each_other(path: Path) -> None:
    """The locks keep a second one out; this is for when somebody removed their files."""
    _filled(path)
    one, _ = _open(path)
    other, _ = _open(path)
    other.append([[b"of the other"]])
    with pytest.raises(ReplacedStoreError):
        one.append([[b"of the first"]])
    with pytest.raises(ReplacedStoreError):
        one.replace([b"of the first"])
    one.close()
    other.append([[b"goes on"]])
    other.close()
    assert _payloads(path) == [*_PAYLOADS, b"of the other", b"goes on"]


def test_a_record_beyond_the_limit_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.store.journal.LARGEST_RECORD", 10)
    journal, _ = _open(path)
    with pytest.raises(StoreError):
        journal.append([[b"x" * 11]])
    assert path.stat().st_size == HEADER_BYTES


def test_a_closed_journal_takes_nothing(path: Path) -> None:
    journal, _ = _open(path)
    journal.close()
    with pytest.raises((StoreError, ValueError)):
        journal.append([[b"x"]])
