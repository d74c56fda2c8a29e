from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.window.display import Probe, has_screen

ROOT = Path(__file__).parents[2]
PROBE = [sys.executable, "-m", "desktop_app.window.display"]


def probe(display: str) -> int:
    environment = {**os.environ, "DISPLAY": display, "WAYLAND_DISPLAY": ""}
    done = subprocess.run(PROBE, cwd=ROOT, env=environment, capture_output=True, check=False)
    return done.returncode


@pytest.mark.parametrize(
    ("variables", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_screen_is_known_from_the_session(
    variables: dict[str, str], platform: str, expected: bool
) -> None:
    assert has_screen(variables, platform) is expected


def test_window_can_open_where_a_display_answers(display: str) -> None:
    assert probe(display) == 0


def test_no_window_can_open_without_a_display() -> None:
    assert probe("") == 1


def test_display_that_does_not_answer_aborts_the_probe_alone() -> None:
    """Qt calls ``abort``; here it is a child's exit status."""
    assert probe(":4711") not in {0, 1}


@pytest.mark.parametrize(
    ("program", "expected"), [("pass", True), ("import os; os.abort()", False)]
)
def test_probes_end_decides(program: str, expected: bool) -> None:
    assert Probe([sys.executable, "-c", program]).window_can_open() is expected


def test_probe_that_hangs_counts_as_no_and_can_be_ended() -> None:
    hanging = Probe([sys.executable, "-c", "import time; time.sleep(600)"])
    assert not hanging.window_can_open(timeout=0.2)
    hanging.end()
    assert not hanging.window_can_open()


def test_probe_that_is_not_there_counts_as_no(tmp_path: Path) -> None:
    probe = Probe([str(tmp_path / "nothing")])
    assert not probe.window_can_open()
    probe.end()
