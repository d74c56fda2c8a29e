from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.services.locking.lock_errors import KeyFileRightsError, WrongKeyFileError
from desktop_app.vault.errors import VaultWriteError
from desktop_app.vault.key_file import make_key_file, read_key_file
from tests.support.keeping import largest_file, mode_of


def test_a_made_key_file_is_its_owners_alone_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = make_key_file(path, secrets.token_bytes)
    assert mode_of(path) == 0o600
    assert read_key_file(path) == key
    assert len(key) == 32


def test_a_key_file_that_is_there_is_used_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = make_key_file(path, secrets.token_bytes)
    assert make_key_file(path, secrets.token_bytes) == key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    make_key_file(path, secrets.token_bytes)
    path.chmod(mode)
    with pytest.raises(KeyFileRightsError, match="key_file_rights") as caught:
        read_key_file(path)
    assert str(path) in caught.value.message
    assert "600" in caught.value.message


def test_a_key_file_of_another_user_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key_file(path, secrets.token_bytes)
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
        with pytest.raises(KeyFileRightsError):
            read_key_file(path)


def test_a_missing_file_a_folder_and_a_pipe_are_no_key_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("missing", ".", "pipe"):
        with pytest.raises(WrongKeyFileError):
            read_key_file(tmp_path / name)


@given(st.binary(max_size=200))
def test_other_content_is_no_key_file(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("k") / "key"
    path.write_bytes(raw)
    path.chmod(0o600)
    with pytest.raises(WrongKeyFileError):
        read_key_file(path)


def test_a_key_file_that_does_not_fit_on_the_disk_leaves_nothing(tmp_path: Path) -> None:
    with largest_file(10), pytest.raises(VaultWriteError):
        make_key_file(tmp_path / "key", secrets.token_bytes)
    assert list(tmp_path.iterdir()) == []
