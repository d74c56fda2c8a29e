from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop_app.files import (
    create_file,
    free_name,
    move_aside,
    open_file,
    replace_file,
    write_new,
)
from tests.support.keeping import largest_file, mode_of


def test_replacing_puts_the_new_content_there_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o644)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert mode_of(path) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_replacing_on_a_full_disk_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with largest_file(100), pytest.raises(OSError, match="large"):
        replace_file(path, b"x" * 1000)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_creating_never_takes_another_files_place(tmp_path: Path) -> None:
    path = tmp_path / "a"
    create_file(path, b"first")
    assert mode_of(path) == 0o600
    with pytest.raises(FileExistsError):
        create_file(path, b"second")
    assert path.read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_writing_new_refuses_a_file_and_a_dangling_link(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_new(path, b"x")
    assert not (tmp_path / "elsewhere").exists()


def test_moving_aside_finds_a_free_name(tmp_path: Path) -> None:
    for text in ("1", "2"):
        (tmp_path / "a").write_text(text)
        move_aside(tmp_path / "a", "old")
    assert (tmp_path / "a.old").read_text() == "1"
    assert (tmp_path / "a.old-2").read_text() == "2"
    assert free_name(tmp_path / "a", "old").name == "a.old-3"


def test_only_a_file_is_opened_and_nothing_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"here")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        with open_file(tmp_path / name) as file:
            assert file.read() == b"here"
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    for name in ("pipe", "device", "."):
        with pytest.raises(OSError, match="no regular file"):
            open_file(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        open_file(tmp_path / "nothing")
