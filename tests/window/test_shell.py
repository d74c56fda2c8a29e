"""The real window, on a screen that is none, driven over its debugging port."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from desktop_app.window import shell
from tests.support.cdp import window_page
from tests.support.ports import free_port, is_listening
from tests.support.screen import window_environment

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


class Program:
    """The small program of tests/support/window_program.py in a process of its own."""

    def __init__(self, display: str, geometry: dict[str, Any], **variables: str) -> None:
        self.port = free_port()
        debugging = {"QTWEBENGINE_REMOTE_DEBUGGING": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.window_program", json.dumps(geometry)],
            cwd=ROOT,
            env=window_environment(display, **{**debugging, **variables}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.told: list[dict[str, Any]] = []

    def wait_for(self, event: str) -> dict[str, Any]:
        """Read what the program tells until it tells of *event*."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(json.loads(line))
            if self.told[-1]["event"] == event:
                return self.told[-1]
        assert self.process.stderr is not None
        raise AssertionError(f"no {event} in {self.told}: {self.process.stderr.read()}")

    def say(self, command: str) -> None:
        """Give the program a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def state(self) -> dict[str, Any]:
        """Ask how the window stands."""
        self.say("state")
        return self.wait_for("state")

    def wait_until(self, **wanted: bool) -> None:
        """Wait until the window stands as *wanted*."""
        deadline = time.monotonic() + PATIENCE
        while {**self.state(), **wanted} != self.told[-1]:
            assert time.monotonic() < deadline, self.told[-1]
            time.sleep(0.05)

    def end(self) -> int:
        """Wait until the program has ended and return its exit status."""
        return self.process.wait(PATIENCE)

    def stop(self) -> None:
        """End the program, however it is, and close its pipes."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def program(display: str) -> Iterator[Program]:
    running = Program(display, {"width": 900, "height": 700, "x": 40, "y": 30})
    running.wait_for("loaded")
    yield running
    running.stop()


@pytest.fixture
def page(program: Program) -> Iterator[Page]:
    with window_page(program.port) as found:
        yield found


def test_window_shows_the_servers_page(page: Page) -> None:
    assert page.inner_text("h1") == "Small page"


def test_pages_get_no_way_into_the_process(page: Page) -> None:
    page.click("#in")
    page.wait_for_url("**/second")
    page.wait_for_load_state()
    assert (
        page.evaluate("['pywebview', 'qt', 'QWebChannel'].filter((name) => name in window)") == []
    )


def test_person_who_clicks_faster_than_pages_load_can_still_close_the_window(
    program: Program, page: Page
) -> None:
    """What waits for the answer of a page that was left must not keep the process."""
    for place in range(8):
        page.goto(f"{page.url.rpartition('/')[0]}/{place}")
    program.say("close")
    assert program.end() == 0


def test_own_links_stay_in_the_window(page: Page) -> None:
    page.click("#in")
    page.wait_for_url("**/second")


def test_window_that_finds_itself_signed_out_comes_with_a_new_ticket(page: Page) -> None:
    """As after a computer slept for days; the session's cookie is too old then."""
    page.evaluate("location.href = '/signed-out'")
    page.wait_for_url("**/?ticket=fresh")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("#out", "https://photos.example/away?a=1"),
        ("#blank", "https://photos.example/blank"),
        ("#mail", "mailto:anna@photos.example"),
    ],
)
def test_links_that_lead_away_go_to_the_opener_and_not_into_the_window(
    program: Program, page: Page, link: str, address: str
) -> None:
    """The opener judges the address itself: only http(s) gets as far as a browser."""
    before = page.url
    page.click(link, no_wait_after=True)
    assert program.wait_for("external")["url"] == address
    assert page.url == before


def test_script_can_not_take_the_window_elsewhere(program: Program, page: Page) -> None:
    before = page.url
    page.evaluate("location.href = 'file:///etc/hostname'")
    page.evaluate("location.href = 'https://photos.example/script'")
    assert program.wait_for("external")["url"] == "https://photos.example/script"
    assert page.url == before


def test_camera_and_microphone_are_refused(page: Page) -> None:
    name = page.evaluate(
        "navigator.mediaDevices.getUserMedia({audio: true, video: true})"
        ".then(() => 'granted', error => error.name)"
    )
    assert name in {"NotAllowedError", "NotFoundError"}
    states = page.evaluate(
        "Promise.all(['camera', 'microphone', 'geolocation'].map("
        "name => navigator.permissions.query({name}).then(found => found.state)))"
    )
    assert "granted" not in states


def test_closing_ends_the_program_and_keeps_the_windows_place(program: Program) -> None:
    program.say("close")
    assert program.wait_for("geometry") == {
        "event": "geometry",
        "width": 900,
        "height": 700,
        "x": 40,
        "y": 30,
        "maximized": False,
    }
    assert program.wait_for("ended")["page_lives"], "the engine's threads may still draw it"
    assert program.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_end_the_program_cleanly(program: Program, number: signal.Signals) -> None:
    program.process.send_signal(number)
    program.wait_for("stopped")
    program.wait_for("ended")
    assert program.end() == 0
    assert "geometry" in [told["event"] for told in program.told]


def test_raise_brings_a_minimized_window_back(program: Program) -> None:
    program.say("showMinimized")
    program.wait_until(minimized=True)
    program.say("raise")
    program.wait_until(minimized=False)


def test_raise_keeps_a_window_maximized(program: Program) -> None:
    program.say("showMaximized")
    program.wait_until(maximized=True)
    program.say("raise")
    program.wait_until(maximized=True, minimized=False)


def test_a_place_on_no_screen_is_centred_instead(display: str) -> None:
    running = Program(display, {"width": 900, "height": 700, "x": 9000, "y": 9000})
    running.wait_for("loaded")
    running.say("close")
    found = running.wait_for("geometry")
    running.wait_for("ended")
    running.stop()
    assert (found["x"], found["y"]) == (250, 150)


@pytest.mark.parametrize(
    ("platform", "by_pywebview"), [("linux", False), ("win32", True), ("darwin", True)]
)
def test_a_file_can_be_kept_on_every_system_and_is_asked_about_once(
    monkeypatch: pytest.MonkeyPatch, platform: str, by_pywebview: bool
) -> None:
    """On Qt the window asks by itself; elsewhere pywebview shows the system's own dialog."""
    settings: dict[str, bool] = {}
    monkeypatch.setattr(sys, "platform", platform)
    shell._configure(settings)
    assert settings["ALLOW_DOWNLOADS"] is by_pywebview


def test_debugging_port_stays_shut_outside_tests(display: str) -> None:
    """It would open the window to every local program and page."""
    running = Program(display, {}, COATCHECK_ALLOW_WINDOW_DEBUGGING="")
    running.wait_for("loaded")
    assert not is_listening(running.port)
    running.stop()
