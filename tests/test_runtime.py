"""``runtime.json``: complete or not there, and for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from desktop_app.runtime import Runtime, read_runtime, remove_runtime, write_runtime

RUNTIME = Runtime(
    pid=4711,
    url="http://127.0.0.1:9",
    port=9,
    socket="/run/x.sock",
    api_key="k" * 43,
    version="0.1.0",
    started_at="2026-01-02T03:04:05Z",
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_runtime(tmp_path / "runtime.json", RUNTIME)
    assert read_runtime(tmp_path / "runtime.json") == RUNTIME


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "runtime.json"
    write_runtime(path, RUNTIME)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"pid": 1}', "\x00\xff"])
def test_a_damaged_file_counts_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "runtime.json"
    path.write_text(content, "utf-8")
    assert read_runtime(path) is None


def test_the_end_removes_its_own_file_only(tmp_path: Path) -> None:
    path = tmp_path / "runtime.json"
    write_runtime(path, RUNTIME)
    remove_runtime(path, pid=1)
    assert path.exists()
    remove_runtime(path, pid=4711)
    assert not path.exists()


def test_the_key_is_not_in_the_repr() -> None:
    assert "kkk" not in repr(RUNTIME)
