"""How a data folder is begun and opened, and what is said of one that can't be."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from desktop_app.store.frames import HEADER_BYTES, MAGIC
from tests.support.keeping import read_only
from tests.support.program import coatcheck, running

PASSPHRASE = "correct horse battery\n"
ROOT = Path(__file__).parents[2]


def contents(folder: Path) -> dict[str, bytes]:
    """Everything in *folder* that is not only there while it runs."""
    passing = {"instance.lock", "profiles.db.lock", "coatcheck.log", "runtime.json"}
    files = (path for path in folder.iterdir() if path.is_file())
    return {path.name: path.read_bytes() for path in files if path.name not in passing}


def is_locked(folder: Path) -> bool:
    return bool(json.loads(coatcheck(folder, "status", "--json").stdout)["locked"])


def refused(folder: Path, *arguments: str, status: int, stdin: str = "") -> str:
    """Start in vain, see that nothing was changed, and return the sentence."""
    before = contents(folder)
    failed = coatcheck(folder, "--no-window", *arguments, stdin=stdin)
    assert failed.returncode == status, failed.stderr
    assert failed.stdout == ""
    assert "Traceback" not in failed.stderr
    assert contents(folder) == before
    assert not (folder / "runtime.json").exists()
    return failed.stderr.strip().rpartition("\n")[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def key(tmp_path: Path) -> str:
    return str(tmp_path / "key")


@pytest.fixture
def with_passphrase(folder: Path) -> Path:
    """A folder that was begun with a passphrase."""
    with running(folder, "--passphrase-stdin", stdin=PASSPHRASE) as program:
        program.stop()
    return folder


@pytest.fixture
def with_key_file(folder: Path, key: str) -> Path:
    """A folder that was begun with a key file."""
    with running(folder, "--key-file", key) as program:
        program.stop()
    return folder


def test_a_key_file_is_made_and_remembered(folder: Path, key: str) -> None:
    with running(folder, "--key-file", key):
        assert not is_locked(folder)
    with running(folder):
        assert not is_locked(folder)
    assert Path(key).read_text() not in str(contents(folder))


def test_a_passphrase_on_standard_input_is_set_and_then_needed(with_passphrase: Path) -> None:
    with running(with_passphrase):
        assert is_locked(with_passphrase)
    with running(with_passphrase, "--passphrase-stdin", stdin=PASSPHRASE):
        assert not is_locked(with_passphrase)


def test_a_keyring_that_works_is_used_without_a_question(folder: Path, tmp_path: Path) -> None:
    keyring = {
        "PYTHON_KEYRING_BACKEND": "tests.support.file_keyring.FileKeyring",
        "COATCHECK_TEST_KEYRING": str(tmp_path / "keyring.json"),
        "PYTHONPATH": str(ROOT),
    }
    with running(folder, **keyring):
        assert not is_locked(folder)
    with running(folder, **keyring):
        assert not is_locked(folder)
    with running(folder):
        assert is_locked(folder)


def test_a_keyring_that_hangs_keeps_nobody_out(folder: Path, tmp_path: Path) -> None:
    keyring = {
        "PYTHON_KEYRING_BACKEND": "tests.support.file_keyring.HangingKeyring",
        "COATCHECK_TEST_KEYRING": str(tmp_path / "keyring.json"),
        "PYTHONPATH": str(ROOT),
    }
    with running(folder, **keyring) as program:
        assert is_locked(folder)
        assert program.stop() == 0


def test_without_a_keyring_it_stays_locked_until_the_first_passphrase(folder: Path) -> None:
    with running(folder) as program:
        assert is_locked(folder)
        assert not (folder / "vault.json").exists()
        unlocked = program.as_program("POST", "/v1.0/session", {"passphrase": PASSPHRASE.strip()})
        assert unlocked.json == {"locked": False, "state": "unlocked"}
        program.stop()
    with running(folder, "--passphrase-stdin", stdin=PASSPHRASE):
        assert not is_locked(folder)


def test_a_wrong_passphrase_ends_the_start_and_changes_nothing(with_passphrase: Path) -> None:
    said = refused(with_passphrase, "--passphrase-stdin", stdin="something else\n", status=6)
    assert "passphrase" in said


def test_a_weak_passphrase_begins_nothing(folder: Path) -> None:
    folder.mkdir()
    said = refused(folder, "--passphrase-stdin", stdin="short\n", status=6)
    assert "8" in said


def test_a_wrong_key_file_ends_the_start_and_changes_nothing(
    with_key_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other-key"
    with running(tmp_path / "other", "--key-file", str(other)):
        pass
    said = refused(with_key_file, "--key-file", str(other), status=6)
    assert str(other) in said


def test_a_key_file_that_is_not_there_is_not_made_for_an_old_folder(
    with_key_file: Path, tmp_path: Path
) -> None:
    refused(with_key_file, "--key-file", str(tmp_path / "nowhere"), status=6)
    assert not (tmp_path / "nowhere").exists()


def test_a_key_file_that_others_can_read_is_refused(with_key_file: Path, key: str) -> None:
    Path(key).chmod(0o644)
    assert "600" in refused(with_key_file, "--key-file", key, status=6)


def test_a_remembered_key_file_that_is_gone_leaves_it_locked(with_key_file: Path, key: str) -> None:
    Path(key).rename(f"{key}-moved")
    with running(with_key_file):
        assert is_locked(with_key_file)
    with running(with_key_file, "--key-file", f"{key}-moved"):
        assert not is_locked(with_key_file)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', "\x00\x01"])
def test_a_damaged_vault_file_is_said_so_and_kept(with_key_file: Path, text: str) -> None:
    (with_key_file / "vault.json").write_text(text, "utf-8")
    assert "vault.json" in refused(with_key_file, status=1)


def test_a_vault_file_of_a_newer_version_is_left_alone(with_key_file: Path) -> None:
    path = with_key_file / "vault.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"version": 99}), "utf-8")
    assert "newer" in refused(with_key_file, status=1)


def test_accounts_without_their_vault_file_are_not_begun_anew(
    with_key_file: Path, key: str
) -> None:
    (with_key_file / "vault.json").rename(with_key_file.parent / "vault.json")
    assert "vault.json" in refused(with_key_file, "--key-file", key, status=6)


@pytest.mark.parametrize("content", [b"", b"{}", b"SQLite format 3\x00" + bytes(500)])
def test_a_foreign_store_is_said_so_and_kept(with_key_file: Path, content: bytes) -> None:
    (with_key_file / "profiles.db").write_bytes(content)
    assert "profiles.db" in refused(with_key_file, status=1)


def test_a_store_of_a_newer_version_is_left_alone(with_key_file: Path) -> None:
    path = with_key_file / "profiles.db"
    content = path.read_bytes()
    copy = HEADER_BYTES // 2
    for start in (0, copy):
        version = slice(start + len(MAGIC), start + len(MAGIC) + 2)
        assert content[version] != b"\0\0"
        content = content[: version.start] + b"\0\x63" + content[version.stop :]
    path.write_bytes(content)
    assert "newer" in refused(with_key_file, status=1)


def test_the_store_of_another_folder_is_refused(with_key_file: Path, tmp_path: Path) -> None:
    with running(tmp_path / "other", "--key-file", str(tmp_path / "other-key")):
        pass
    (tmp_path / "other" / "profiles.db").replace(with_key_file / "profiles.db")
    refused(with_key_file, status=1)


def test_a_torn_tail_is_dropped_and_the_rest_read(with_key_file: Path) -> None:
    path = with_key_file / "profiles.db"
    path.write_bytes(path.read_bytes()[:-5])
    with running(with_key_file) as program:
        assert program.as_program("GET", "/v1.0/profiles").json == {"profiles": [], "total": 0}


def test_damaged_preferences_are_kept_aside(folder: Path) -> None:
    folder.mkdir()
    (folder / "preferences.json").write_text("{")
    with running(folder) as program:
        assert program.as_person("GET", "/v1.0/settings").json["language"] == "system"
    assert (folder / "preferences.json.damaged").read_text() == "{"


def test_a_file_in_the_folders_place_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    failed = coatcheck(tmp_path / "data", "--no-window")
    assert failed.returncode == 1
    assert str(tmp_path / "data") in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_a_folder_that_can_not_be_made_is_said_so() -> None:
    """Nobody can make a folder there, not even the administrator."""
    failed = coatcheck(Path("/proc/coatcheck"), "--no-window")
    assert failed.returncode == 1
    assert "/proc/coatcheck" in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_an_unwritable_folder_is_said_so(tmp_path: Path) -> None:
    """Once it was writable, so everything is there."""
    with read_only(tmp_path / "disk") as folder:
        failed = coatcheck(folder, "--no-window")
        assert failed.returncode == 1
        assert str(folder) in failed.stderr
        assert "Traceback" not in failed.stderr
        told = coatcheck(folder, "profiles", "--json")
        assert json.loads(told.stdout)["error"] == "data_folder"


@pytest.mark.parametrize("name", ["profiles.db", "vault.json"])
def test_what_is_no_file_in_a_files_place_is_not_waited_for(with_key_file: Path, name: str) -> None:
    """A pipe keeps whoever opens it waiting for ever."""
    (with_key_file / name).unlink()
    os.mkfifo(with_key_file / name)
    started = coatcheck(with_key_file, "--no-window")
    assert started.returncode == 1
    assert "Traceback" not in started.stderr


def test_preferences_that_are_no_file_are_not_waited_for(folder: Path, key: str) -> None:
    folder.mkdir(mode=0o700)
    os.mkfifo(folder / "preferences.json")
    with running(folder, "--key-file", key) as program:
        assert program.request("GET", "/v1.0/health").status == 200
