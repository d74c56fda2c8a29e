"""The data folder: ours alone, and a socket path that the system can take."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from desktop_app.paths import DataFolder, DataFolderError, make_private_folder


def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "deep" / "data")
    folder.make()
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700


def test_an_open_folder_of_ours_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_file_in_the_folders_place_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("mine")
    with pytest.raises(DataFolderError) as caught:
        DataFolder(file).make()
    assert str(file) in caught.value.message
    assert file.read_text() == "mine"


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    foreign = Path("/usr")
    if os.geteuid() == 0:
        foreign = tmp_path / "foreign"
        foreign.mkdir()
        os.chown(foreign, 65534, 65534)
    with pytest.raises(DataFolderError, match="data_folder"):
        DataFolder(foreign).make()


def test_the_socket_is_in_the_folder_where_its_path_is_short(tmp_path: Path) -> None:
    root = Path("/srv/coatcheck")
    assert DataFolder(root).socket == root / "coatcheck.sock"


def test_a_socket_path_that_is_too_long_moves_to_a_short_private_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / ("x" * 60) / ("y" * 60))
    folder.make()
    assert len(os.fsencode(folder.socket)) <= 100
    assert stat.S_IMODE(folder.socket.parent.stat().st_mode) == 0o700
    folder.socket.parent.rmdir()


def test_two_folders_never_share_a_socket(tmp_path: Path) -> None:
    one, two = (DataFolder(tmp_path / (name * 120)).socket for name in "ab")
    assert one != two
