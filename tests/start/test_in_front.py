"""A double-click: a window of its own, or that of the program that runs already."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.window.environment import DEBUGGING_ALLOWED
from tests.support.cdp import window_page
from tests.support.ports import free_port, is_listening
from tests.support.program import coatcheck, running, start

# No desktop's dialog may be found: nobody is there to close it.
NO_DIALOGS = {"PATH": "/nonexistent"}


class Screen:
    """The environment of programs on one display, whose window can be driven on `port`."""

    def __init__(self, display: str) -> None:
        self.port = free_port()
        self.environment = {
            "DISPLAY": display,
            DEBUGGING_ALLOWED: "1",
            "QTWEBENGINE_REMOTE_DEBUGGING": str(self.port),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            **NO_DIALOGS,
        }


@pytest.fixture
def screen(display: str) -> Screen:
    return Screen(display)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def in_front(folder: Path, screen: Screen) -> Iterator[subprocess.Popen[str]]:
    """A program that was double-clicked."""
    process = start(folder, window=True, **screen.environment)
    with window_page(screen.port) as page:
        page.wait_for_url("http://127.0.0.1:*/**")
        page.wait_for_load_state()
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_the_window_and_ends_cleanly(
    folder: Path, in_front: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert (folder / "runtime.json").exists()
    in_front.send_signal(number)
    assert in_front.wait(120) == 0
    assert not (folder / "runtime.json").exists()


def test_a_second_double_click_raises_the_window(
    folder: Path, screen: Screen, in_front: subprocess.Popen[str]
) -> None:
    second = coatcheck(folder, **screen.environment)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert in_front.poll() is None


def test_a_double_click_while_it_runs_without_a_window_opens_one(
    folder: Path, screen: Screen
) -> None:
    with running(folder, **screen.environment) as program:
        first = coatcheck(folder, **screen.environment)
        assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
        with window_page(screen.port) as page:
            page.wait_for_url(f"{program.origin}/**")
            assert "ticket" not in page.url
            assert "Coatcheck" in page.title()
        again = coatcheck(folder, **screen.environment)
        assert again.returncode == 0
        assert program.stop() == 0
        assert not is_listening(screen.port), "the window went with its program"
        assert program.process.communicate()[0] == ""


@pytest.mark.parametrize("theirs", [{}, {"DISPLAY": ":4242"}])
def test_a_program_where_no_window_can_open_is_told_of_in_words(
    folder: Path, screen: Screen, theirs: dict[str, str]
) -> None:
    """It was started over the network, say, or its screen is gone."""
    with running(folder, **theirs) as program:
        failed = coatcheck(folder, **screen.environment)
        assert failed.returncode == 1
        assert f"process {program.process.pid}" in failed.stderr
        assert "no window can open" in failed.stderr
        assert failed.stderr.count("\n") == 1
        assert program.as_program("GET", "/v1.0/health").status == 200


def test_double_clicks_at_the_same_moment_make_one_window(folder: Path, screen: Screen) -> None:
    processes = [start(folder, window=True, **screen.environment) for _ in range(2)]
    try:
        with window_page(screen.port):
            assert first_to_end(processes).returncode == 0
            assert [process.poll() for process in processes].count(None) == 1
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def first_to_end(processes: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """Wait until one of *processes* ends."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for process in processes:
            if process.poll() is not None:
                return process
        time.sleep(0.05)
    raise AssertionError("none of them ended")


def test_a_wrong_key_file_is_status_6_here_too(folder: Path, screen: Screen) -> None:
    key = folder.parent / "key"
    with running(folder, "--key-file", str(key)) as program:
        program.stop()
    failed = coatcheck(folder, "--key-file", str(folder.parent / "other"), **screen.environment)
    assert failed.returncode == 6
    assert str(folder.parent / "other") in failed.stderr
    assert not is_listening(screen.port)
