"""The person's git configuration is changed as a whole, alone, and seen by nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.cli.client import ApiError
from desktop_app.cli.git_configuration import changing

KEY = "credential.https://git.example.helper"
MINE = "[user]\n\tname = Me\n"


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "gitconfig"
    path.write_text(MINE)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    return path


def test_one_that_ends_takes_nothing_from_another_under_way(configuration: Path) -> None:
    with changing() as one:
        with changing() as other:
            other.values(KEY)
        one.put(KEY, ["mine"])
    assert configuration.read_text().startswith(MINE)
    assert "helper = mine" in configuration.read_text()
    assert list(configuration.parent.iterdir()) == [configuration]


def test_of_two_at_once_the_second_changes_nothing(configuration: Path) -> None:
    with pytest.raises(ApiError), changing() as one:
        with changing() as other:
            other.put(KEY, ["other"])
        one.put(KEY, ["one"])
    assert "helper = other" in configuration.read_text()
    assert "helper = one" not in configuration.read_text()
    assert list(configuration.parent.iterdir()) == [configuration]


def test_the_copy_is_the_owner_s_alone_and_the_rights_stay(
    configuration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = tmp_path / "folders"
    folders.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folders))
    configuration.chmod(0o640)
    with changing() as git:
        (folder,) = folders.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        git.put(KEY, ["mine"])
    assert configuration.stat().st_mode & 0o777 == 0o640
    assert not list(folders.iterdir())
