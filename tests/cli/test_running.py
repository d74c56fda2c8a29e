"""Commands find the running program, or start one without a window."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import MAIN, clean_environment, coatcheck, running


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder; a program that a command started in it is ended afterwards."""
    root = tmp_path / "data"
    yield root
    end_program(root)


def pid_of(folder: Path) -> int:
    return int(json.loads((folder / "runtime.json").read_text("utf-8"))["pid"])


def end_program(folder: Path) -> None:
    """End the program of *folder*, if one runs, and wait until it is gone."""
    if not (folder / "runtime.json").exists():
        return
    os.kill(pid_of(folder), signal.SIGTERM)
    while (folder / "runtime.json").exists():
        time.sleep(0.05)


def test_a_command_starts_the_program_which_stays(folder: Path) -> None:
    first = coatcheck(folder, "providers")
    assert first.returncode == 6, "a new folder is locked"
    pid = pid_of(folder)
    assert coatcheck(folder, "status").returncode == 0
    assert coatcheck(folder, "providers").returncode == 6
    assert pid_of(folder) == pid


def test_a_start_by_a_command_takes_key_file_and_passphrase(folder: Path, tmp_path: Path) -> None:
    key = ("--key-file", str(tmp_path / "key"))
    assert coatcheck(folder, "providers", *key).returncode == 0
    end_program(folder)
    assert coatcheck(folder, "providers").returncode == 0, "vault.json remembers the key file"


def test_a_passphrase_on_standard_input_unlocks_on_the_way(folder: Path) -> None:
    words = "correct horse battery\n"
    assert coatcheck(folder, "profiles", "--passphrase-stdin", stdin=words).returncode == 0
    assert coatcheck(folder, "lock").returncode == 0
    assert coatcheck(folder, "profiles").returncode == 6
    assert coatcheck(folder, "profiles", "--passphrase-stdin", stdin=words).returncode == 0
    end_program(folder)
    wrong = coatcheck(folder, "profiles", "--passphrase-stdin", "--json", stdin="not this one\n")
    assert wrong.returncode == 6
    assert json.loads(wrong.stdout)["error"] == "wrong_passphrase"
    assert coatcheck(folder, "status").returncode == 3


def test_no_start_means_no_start(folder: Path) -> None:
    refused = coatcheck(folder, "profiles", "--no-start")
    assert refused.returncode == 3
    assert "--no-start" in refused.stderr
    in_json = coatcheck(folder, "--no-start", "--json", "profiles")
    assert json.loads(in_json.stdout)["error"] == "not_running"
    assert not folder.exists()


@pytest.mark.parametrize("command", ["status", "lock"])
def test_some_commands_never_start_it(folder: Path, command: str) -> None:
    assert coatcheck(folder, command).returncode == 3
    assert not folder.exists()


def test_commands_that_start_it_at_the_same_moment_share_one_program(
    folder: Path, tmp_path: Path
) -> None:
    key = ["--key-file", str(tmp_path / "key")]
    command = [sys.executable, str(MAIN), "--data-dir", str(folder), "profiles", "--json", *key]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=clean_environment()
        )
        for _ in range(3)
    ]
    said = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    assert [json.loads(out) for out, _ in said] == [{"profiles": [], "total": 0}] * 3


def test_a_stale_runtime_file_is_seen_through(folder: Path) -> None:
    """Its process number may be anybody's by now."""
    with running(folder) as program:
        program.kill()
        stale = program.runtime | {"pid": os.getpid()}
    (folder / "runtime.json").write_text(json.dumps(stale), "utf-8")
    assert coatcheck(folder, "status").returncode == 3
    assert coatcheck(folder, "providers").returncode == 6
    assert pid_of(folder) != os.getpid()


def test_why_a_start_failed_is_handed_on(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    failed = coatcheck(tmp_path / "data", "profiles")
    assert failed.returncode == 1
    assert str(tmp_path / "data") in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_a_start_that_breaks_is_said_so(folder: Path, tmp_path: Path) -> None:
    """Its last words are better than silence."""
    (tmp_path / "tornado.py").write_text("raise ImportError('broken on purpose')")
    failed = coatcheck(folder, "profiles", PYTHONPATH=str(tmp_path))
    assert failed.returncode == 1
    assert failed.stderr.strip()
