"""The commands as they are typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from build_scripts.dev import names_tests
from build_scripts.launch import opens_window

ROOT = Path(__file__).parents[2]


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "build_scripts/dev.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [[], ["nonsense"]])
def test_unknown_command_is_answered_with_the_known_ones(arguments: list[str]) -> None:
    done = dev(*arguments)
    assert done.returncode == 2
    assert "dev.py run" in done.stderr
    assert done.stdout == ""


def test_help_names_the_commands() -> None:
    done = dev("--help")
    assert done.returncode == 0
    assert "dev.py test" in done.stdout


def test_run_hands_its_arguments_on_and_adds_nothing_to_the_output() -> None:
    done = dev("run", "--", "--version")
    assert done.returncode == 0
    assert done.stdout.startswith("coatcheck ")
    assert done.stderr == ""


def test_test_hands_its_arguments_to_pytest_which_has_the_last_word() -> None:
    done = dev("test", "tests/build_scripts/test_requirements.py", "-q")
    assert done.returncode == 0
    assert " passed in " in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], False),
        (["-v", "--durations=80"], False),
        (["-k", "nonce", "-x"], False),
        (["tests/oauth"], True),
        (["-q", "tests/oauth/test_pkce.py::test_s256"], True),
    ],
)
def test_the_whole_suite_is_what_no_path_is_named_for(arguments: list[str], expected: bool) -> None:
    assert names_tests(arguments) is expected


def test_exit_status_is_the_programs() -> None:
    assert dev("run", "--", "--no-such-option").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["--data-dir", "accounts"], True),
        (["--data-dir=accounts", "--no-browser"], True),
        (["--no-window"], False),
        (["--data-dir", "accounts", "--no-window"], False),
        (["demo"], False),
        (["--port", "0", "status"], False),
        (["--version"], False),
        (["-h"], False),
    ],
)
def test_a_start_without_a_command_is_known_to_open_the_window(
    arguments: list[str], expected: bool
) -> None:
    assert opens_window(arguments) is expected
