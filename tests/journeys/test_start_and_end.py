"""A second start raises the first window; closing it ends everything."""

from __future__ import annotations

import signal

import psutil
import pytest
from playwright.sync_api import expect

from tests.support.desktop import Desktop
from tests.support.waiting import PATIENCE, wait_until
from tests.support.x11 import screen


def test_second_start_brings_the_first_window_to_the_front(desktop: Desktop, display: str) -> None:
    window = desktop.start()
    with screen(display) as seen:
        seen.cover("Another program")
        assert seen.titles()[-1] == "Another program"
        assert desktop.begin().wait(PATIENCE) == 0
        wait_until(lambda: seen.titles()[-1] == "Coatcheck")
        assert seen.titles().count("Coatcheck") == 1
    expect(window.get_by_role("heading", name="Your sign-ins, in one safe place")).to_be_visible()


def test_closing_the_window_ends_the_program_cleanly(desktop: Desktop, display: str) -> None:
    desktop.start()
    assert desktop.process is not None
    with screen(display) as seen:
        seen.close("Coatcheck")
        assert desktop.process.wait(PATIENCE) == 0
    assert left_running(desktop) == []
    assert not (desktop.data / "runtime.json").exists()
    assert not (desktop.data / "coatcheck.sock").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_in_the_middle_of_clicking_ends_the_program_cleanly(
    desktop: Desktop, number: signal.Signals
) -> None:
    window = desktop.start()
    for page in ("connect", "settings", "connect/google"):
        window.goto(f"{desktop.origin}/{page}", wait_until="commit")
    assert desktop.stop(number) == 0
    assert left_running(desktop) == []
    assert not (desktop.data / "runtime.json").exists()


def left_running(desktop: Desktop) -> list[str]:
    """Processes that still name the data folder on their command line."""
    commands = (process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"]))
    return [" ".join(command) for command in commands if str(desktop.data) in command]
