"""``status``, ``lock``, ``unlock`` and ``doctor`` against the real program."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app import __version__
from tests.support.program import MAIN, Program, clean_environment, coatcheck, running

PASSPHRASE = "correct horse battery"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def sealed(folder: Path) -> Iterator[Program]:
    """A program whose folder was begun with a passphrase; unlocked."""
    with running(folder, "--passphrase-stdin", stdin=f"{PASSPHRASE}\n") as program:
        yield program


def status(folder: Path) -> str:
    return coatcheck(folder, "status").stdout


def at_a_terminal(folder: Path, *arguments: str, typed: list[str]) -> tuple[int, str]:
    """Run a command at a terminal of its own, answer its questions, and return how it went."""
    terminal, inside = pty.openpty()
    with subprocess.Popen(
        [sys.executable, str(MAIN), *arguments, "--data-dir", str(folder)],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=clean_environment(),
        start_new_session=True,
    ) as process:
        os.close(inside)
        said = b""
        for answer in typed:
            # What is typed before the question is thrown away.
            said += read_question(terminal)
            os.write(terminal, f"{answer}\n".encode())
        said += read_rest(terminal)
    os.close(terminal)
    return process.returncode, said.decode()


def read_question(terminal: int) -> bytes:
    question = b""
    while not question.endswith(b": "):
        question += os.read(terminal, 1024)
    return question


def read_rest(terminal: int) -> bytes:
    rest = b""
    try:
        while part := os.read(terminal, 1024):
            rest += part
    except OSError:
        # The system's way of saying that nobody is at the other end any more.
        pass
    return rest


def test_status_says_whether_it_runs_and_is_unlocked(program: Program) -> None:
    assert status(program.folder) == f"Coatcheck {__version__} is running, unlocked, 1 account.\n"
    in_json = coatcheck(program.folder, "status", "--json")
    assert json.loads(in_json.stdout) == program.as_program("GET", "/v1.0/health").json
    assert coatcheck(program.folder, "lock", "--json").returncode == 0
    assert "locked" in status(program.folder)
    assert coatcheck(program.folder, "unlock").returncode == 0, "the key file opens it"
    assert "unlocked" in status(program.folder)


@pytest.mark.parametrize("command", ["status", "lock"])
def test_what_does_not_run_is_status_3(folder: Path, command: str) -> None:
    failed = coatcheck(folder, command)
    assert (failed.returncode, failed.stdout) == (3, "")
    assert "not running" in failed.stderr
    in_json = coatcheck(folder, "--json", command)
    assert json.loads(in_json.stdout)["error"] == "not_running"
    assert in_json.stderr == ""


def test_locking_and_unlocking(sealed: Program) -> None:
    locked = coatcheck(sealed.folder, "lock")
    assert (locked.returncode, locked.stdout) == (0, "Coatcheck is locked.\n")
    assert coatcheck(sealed.folder, "profiles").returncode == 6
    unlocked = coatcheck(sealed.folder, "unlock", stdin=f"{PASSPHRASE}\n")
    assert (unlocked.returncode, unlocked.stdout) == (0, "Coatcheck is unlocked.\n")
    assert coatcheck(sealed.folder, "profiles").returncode == 0


def test_a_wrong_passphrase_is_status_6_also_while_unlocked(sealed: Program) -> None:
    for _ in range(2):
        wrong = coatcheck(sealed.folder, "unlock", "--passphrase-stdin", stdin="not this one\n")
        assert wrong.returncode == 6
        assert "passphrase" in wrong.stderr
        coatcheck(sealed.folder, "lock")


def test_unlock_starts_it_and_sets_the_first_passphrase(folder: Path) -> None:
    with running(folder):
        first = coatcheck(folder, "unlock", "--json", stdin=f"{PASSPHRASE}\n")
        assert json.loads(first.stdout) == {"locked": False, "state": "unlocked"}
        coatcheck(folder, "lock")
        assert coatcheck(folder, "unlock", stdin="another one\n").returncode == 6
        assert coatcheck(folder, "unlock", stdin=f"{PASSPHRASE}\n").returncode == 0


def test_unlock_with_nothing_says_what_is_needed(folder: Path) -> None:
    with running(folder):
        failed = coatcheck(folder, "unlock")
        assert failed.returncode == 6
        assert "passphrase" in failed.stderr


def test_a_first_passphrase_is_asked_for_twice(folder: Path) -> None:
    with running(folder):
        different = at_a_terminal(folder, "unlock", typed=[PASSPHRASE, f"{PASSPHRASE}x"])
        assert different[0] == 1
        assert "two different" in different[1]
        assert not (folder / "vault.json").exists()
        same = at_a_terminal(folder, "unlock", typed=[PASSPHRASE, PASSPHRASE])
        assert same[0] == 0
        assert PASSPHRASE not in same[1]
        coatcheck(folder, "lock")
        again = at_a_terminal(folder, "unlock", typed=[PASSPHRASE])
        assert again[0] == 0
        nothing_to_ask = at_a_terminal(folder, "unlock", typed=[])
        assert nothing_to_ask[0] == 0


def test_doctor_never_starts_anything_and_finds_no_problem(folder: Path) -> None:
    looked = coatcheck(folder, "doctor")
    assert looked.returncode == 0, looked.stdout
    assert not folder.exists()
    assert "is not running" in looked.stdout
    assert "passphrase" in looked.stdout


def test_doctor_says_it_in_json(program: Program) -> None:
    looked = coatcheck(program.folder, "doctor", "--json")
    found = json.loads(looked.stdout)
    about = {each["about"]: each for each in found["findings"]}
    assert found["total"] == len(about) == 6
    assert set(about) == {"folder", "running", "keyring", "browser", "window", "clock"}
    assert about["folder"]["level"] == "ok"
    assert "is running, unlocked" in about["running"]["message"]
    assert about["keyring"]["level"] == "note"


def test_doctor_finds_a_folder_that_others_can_look_into(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    looked = coatcheck(folder, "doctor")
    assert looked.returncode == 1
    assert f"Others can look into {folder}" in looked.stdout
