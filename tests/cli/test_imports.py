"""A command is started often, so it brings in little."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.answering import answering
from tests.support.program import MAIN, Program, clean_environment

HEAVY = {
    *("asyncio", "tornado", "msgspec", "tinydb", "cryptography", "oauthlib", "joserfc"),
    *("keyring", "filelock", "platformdirs", "webview", "PySide6", "PIL", "babel", "logging"),
    "segno",
}


def imported(*arguments: str) -> set[str]:
    """Run a command and return the top-level modules that it brought in."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(MAIN), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(),
    )
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize(
    "command",
    [
        *(["status"], ["profiles"], ["programs"], ["activity"], ["token", "photos"]),
        *(["run", "photos", "--", "true"], ["sasl", "xoauth2", "photos"]),
        ["git-credential", "store"],
        *(["allow", "/bin/true", "photos", "--for", "once"], ["mcp", "http://127.0.0.1:9/"]),
    ],
)
def test_a_command_brings_in_nothing_heavy(program: Program, command: list[str]) -> None:
    with answering(program, "deny"):
        found = imported("--data-dir", str(program.folder), *command)
    assert "json" in found
    # The bridge speaks to other servers than ours.
    heavy = HEAVY if command[0] == "mcp" else HEAVY | {"http", "email"}
    assert found & heavy == set()


def test_a_program_that_does_not_run_is_found_out_without_a_process(tmp_path: Path) -> None:
    found = imported("status", "--data-dir", str(tmp_path))
    assert found & {"subprocess", "tempfile", "hashlib"} == set()
