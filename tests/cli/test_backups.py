"""``coatcheck backup`` and ``restore``, with the real program, real files and real age."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest

from tests.support.keeping import read_only, tiny_disk
from tests.support.program import MAIN, Program, clean_environment, coatcheck, running
from tests.support.waiting import PATIENCE

TERMINAL = ("setsid", "--ctty", "--wait", sys.executable, str(MAIN))
VAULT = "what opens the vault"
FILE = "what opens the file"
ENTRY = {
    "id": "work",
    "name": "Work",
    "protocol": "oauth2",
    "authorization_endpoint": "https://work.example/authorize",
    "token_endpoint": "https://work.example/token",
    "client_id": "mine",
    "client_secret": "kept sealed",
    "userinfo_endpoint": "https://work.example/me",
    "userinfo_mapping": {"subject": "id"},
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program with something to lose."""
    folder = tmp_path_factory.mktemp("old") / "data"
    with running(folder, "--passphrase-stdin", stdin=f"{VAULT}\n") as found:
        assert found.as_person("POST", "/v1.0/providers", ENTRY).status == 201
        yield found


@pytest.fixture(scope="module")
def saved(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("usb") / "accounts.age"
    made = backup(program, path)
    assert made.returncode == 0, made.stderr
    return path


def backup(
    program: Program, path: Path, *options: str, stdin: str = f"{VAULT}\n{FILE}\n"
) -> subprocess.CompletedProcess[str]:
    return coatcheck(
        program.folder, "backup", str(path), "--passphrase-stdin", *options, stdin=stdin
    )


def opened(path: Path, passphrase: str = FILE) -> Any:
    return json.loads(pyrage.passphrase.decrypt(path.read_bytes(), passphrase))


def end(folder: Path) -> None:
    """End what a command started."""
    runtime = json.loads((folder / "runtime.json").read_text("utf-8"))
    os.kill(runtime["pid"], signal.SIGTERM)


def test_the_file_is_the_owner_s_alone_and_holds_everything(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert [each.name for each in saved.parent.iterdir()] == ["accounts.age"]
    [entry] = opened(saved)["contents"]["providers"]
    assert entry["client_secret"] == "kept sealed"


def test_a_file_that_is_there_is_replaced_only_if_that_was_said(
    program: Program, saved: Path
) -> None:
    before = saved.read_bytes()
    refused = backup(program, saved)
    assert (refused.returncode, saved.read_bytes()) == (1, before)
    assert "--replace" in refused.stderr
    # Without a second line both passphrases are the same.
    again = backup(program, saved, "--replace", "--json", stdin=f"{VAULT}\n")
    assert json.loads(again.stdout) == {"file": str(saved), "bytes": saved.stat().st_size}
    assert opened(saved, VAULT)["version"] == 1
    saved.write_bytes(before)


@pytest.mark.parametrize(
    ("name", "stdin", "told"),
    [
        ("no/such/folder.age", f"{VAULT}\n{FILE}\n", (2, "invalid_request")),
        (".", f"{VAULT}\n{FILE}\n", (2, "invalid_request")),
        ("a.age", "a wrong guess\n", (6, "wrong_passphrase")),
        ("a.age", f"{VAULT}\nshort\n", (6, "weak_passphrase")),
    ],
)
def test_what_can_t_be_backed_up_leaves_nothing(
    program: Program, tmp_path: Path, name: str, stdin: str, told: tuple[int, str]
) -> None:
    failed = backup(program, tmp_path / name, "--json", stdin=stdin)
    assert (failed.returncode, json.loads(failed.stdout)["error"]) == told
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_no_half_a_file_and_the_old_one_as_it_was(
    program: Program, saved: Path, tmp_path: Path
) -> None:
    with tiny_disk(tmp_path / "usb", size="4k") as folder:
        failed = backup(program, folder / "a.age")
        assert failed.returncode == 1
        assert "the disk is full" in failed.stderr
        assert not list(folder.iterdir())
    with tiny_disk(tmp_path / "larger", size="16k") as folder:
        (folder / "a.age").write_bytes(b"the one before")
        (folder / "else").write_bytes(bytes(8000))
        assert backup(program, folder / "a.age", "--replace").returncode == 1
        assert (folder / "a.age").read_bytes() == b"the one before"


def test_a_folder_that_takes_nothing_is_said(program: Program, tmp_path: Path) -> None:
    with read_only(tmp_path / "cd") as folder:
        failed = backup(program, folder / "a.age", "--json")
    told = json.loads(failed.stdout)
    assert (failed.returncode, told["error"]) == (1, "file_not_written")


def test_restored_into_an_empty_folder_everything_is_there(saved: Path, tmp_path: Path) -> None:
    """The new computer gets a passphrase of its own, and starts by itself."""
    folder, both = tmp_path / "new", f"new computer's own\n{FILE}\n"
    options = ("restore", str(saved), "--passphrase-stdin")
    ahead = coatcheck(folder, *options, "--preview", "--json", stdin=both)
    try:
        assert ahead.returncode == 0, ahead.stdout + ahead.stderr
        assert json.loads(ahead.stdout)["providers"] == ["Work"]
        assert not json.loads(ahead.stdout)["restored"]
        done = coatcheck(folder, *options, "--json", stdin=both)
        assert json.loads(done.stdout)["restored"]
        listed = coatcheck(folder, "providers", "--json", "--no-start")
        assert "work" in {each["id"] for each in json.loads(listed.stdout)["providers"]}
    finally:
        end(folder)


def test_a_key_file_proves_the_person_and_standard_input_has_the_file_s_passphrase(
    saved: Path, tmp_path: Path
) -> None:
    folder, key = tmp_path / "new", tmp_path / "key"
    options = ("--key-file", str(key), "restore", str(saved), "--passphrase-stdin")
    done = coatcheck(folder, *options, "--json", stdin=f"{FILE}\n")
    try:
        assert json.loads(done.stdout)["restored"], done.stderr
        # The folder remembers its key file.
        again = coatcheck(
            folder, "backup", str(tmp_path / "b.age"), "--passphrase-stdin", stdin=f"{FILE}\n"
        )
        assert again.returncode == 0, again.stderr
    finally:
        end(folder)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"PK\x03\x04 a zip file", 1, "not_a_backup"),
        (b"", 1, "not_a_backup"),
        (None, 1, "file_not_read"),
    ],
)
def test_what_is_no_backup_is_refused(
    program: Program, tmp_path: Path, content: bytes | None, status: int, code: str
) -> None:
    path = tmp_path / "file.age"
    if content is not None:
        path.write_bytes(content)
    options = ("restore", str(path), "--passphrase-stdin", "--json")
    failed = coatcheck(program.folder, *options, stdin=f"{VAULT}\n{FILE}\n")
    assert (failed.returncode, json.loads(failed.stdout)["error"]) == (status, code)


def test_a_wrong_passphrase_of_the_file_is_6(program: Program, saved: Path) -> None:
    options = ("restore", str(saved), "--passphrase-stdin")
    failed = coatcheck(program.folder, *options, stdin=f"{VAULT}\nnot that one\n")
    assert failed.returncode == 6
    assert "does not open this backup" in failed.stderr


def test_without_anything_that_proves_the_person_nothing_is_made(
    program: Program, tmp_path: Path
) -> None:
    failed = coatcheck(program.folder, "backup", str(tmp_path / "a.age"), "--json")
    assert (failed.returncode, json.loads(failed.stdout)["error"]) == (1, "person_required")


def test_nothing_is_started_where_that_is_not_wanted(tmp_path: Path) -> None:
    options = ("backup", str(tmp_path / "a.age"), "--passphrase-stdin", "--no-start")
    failed = coatcheck(tmp_path / "data", *options, stdin=f"{VAULT}\n")
    assert failed.returncode == 3


def test_at_a_terminal_the_passphrases_are_asked_for(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "typed.age"
    master, slave = pty.openpty()
    with os.fdopen(master, "wb", buffering=0) as keyboard:
        typing = subprocess.Popen(
            [*TERMINAL, "--data-dir", str(program.folder), "backup", str(path)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=clean_environment(),
        )
        os.close(slave)
        said = b""
        answers = {b"Coatcheck: ": VAULT, b"backup: ": FILE, b"more: ": FILE}
        for question, answer in answers.items():
            while not said.endswith(question):
                said += os.read(keyboard.fileno(), 1)
            keyboard.write(f"{answer}\n".encode())
        assert typing.wait(PATIENCE) == 0, said
    assert opened(path)["format"] == "coatcheck-backup"
    assert VAULT.encode() not in said
