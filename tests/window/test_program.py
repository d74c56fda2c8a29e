"""The real program in its real window: what a double-click begins."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from desktop_app.demo.http_browser import HttpBrowser
from tests.support.cdp import window_page
from tests.support.ports import free_port
from tests.support.screen import window_environment

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / ".cache" / "screenshots"
PATIENCE = 120.0


class Double:
    """The program with its window, whose browser writes down what it is to open."""

    def __init__(self, folder: Path, display: str) -> None:
        self.port = free_port()
        self._opened = folder / "opened"
        browser = folder / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" >> {self._opened}\n')
        browser.chmod(0o755)
        debugging = {"QTWEBENGINE_REMOTE_DEBUGGING": str(self.port), "BROWSER": str(browser)}
        self._environment = window_environment(display, **debugging)
        data = ["--data-dir", str(folder / "data"), "--key-file", str(folder / "key")]
        self._command = [sys.executable, "main.py", *data]
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Double-click."""
        return subprocess.Popen(self._command, cwd=ROOT, env=self._environment)

    def opened(self) -> str:
        """Wait for the address that the browser was last asked to open."""
        deadline = time.monotonic() + PATIENCE
        while not self._opened.exists() or not self._opened.read_text().endswith("\n"):
            assert time.monotonic() < deadline, "no browser was opened"
            time.sleep(0.05)
        address = self._opened.read_text().split()[-1]
        self._opened.unlink()
        return address


async def sign_in_at_photos(address: str) -> str:
    """What the person does in their browser: sign in, allow, come back."""
    browser = HttpBrowser()
    try:
        page = await browser.open(address)
        page = await browser.submit(page, page.form("/sign-in"))
        form = page.form("/consent")
        page = await browser.submit(page, form, values={"decision": "allow"})
        while (answer := page.any_form()) is not None:
            page = await browser.submit(page, answer)
        return page.url
    finally:
        browser.close()


def in_the_browser(address: str) -> str:
    """Do it beside the test's own loop, which drives the window."""
    ends: list[str] = []
    thread = threading.Thread(target=lambda: ends.append(asyncio.run(sign_in_at_photos(address))))
    thread.start()
    thread.join(PATIENCE)
    return ends[0]


@pytest.fixture
def program(tmp_path: Path, display: str) -> Iterator[Double]:
    running = Double(tmp_path, display)
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.wait()


@pytest.fixture
def page(program: Double) -> Iterator[Page]:
    with window_page(program.port) as found:
        found.wait_for_selector("h1")
        yield found


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_first_window_offers_the_photo_service_and_an_account(page: Page) -> None:
    shot(page, "welcome")
    assert page.get_by_text("Try it with the built-in photo service").is_visible()
    assert page.get_by_text("Connect an account").is_visible()


def test_signing_in_brings_the_profile_into_the_window_by_itself(
    program: Double, page: Page
) -> None:
    """From the first click to the pushed profile; the browser is another program."""
    page.get_by_text("Try it with the built-in photo service").click()
    page.wait_for_url("**/connect/photos")
    page.get_by_role("button", name="Sign in with your browser").click()
    address = program.opened()
    shot(page, "waiting")
    assert in_the_browser(address).endswith("/done")
    page.wait_for_url("**/user/*")
    page.get_by_text("jane@photos.example").first.wait_for()
    shot(page, "profile")
    page.get_by_role("link", name="Accounts").first.click()
    page.get_by_text("Jane Hill").first.wait_for()
    shot(page, "accounts")


def test_second_start_ends_at_once_and_leaves_the_first_alone(program: Double, page: Page) -> None:
    assert program.start().wait(PATIENCE) == 0
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(
    program: Double, page: Page, number: signal.Signals, tmp_path: Path
) -> None:
    program.process.send_signal(number)
    assert program.process.wait(PATIENCE) == 0
    assert not (tmp_path / "data" / "runtime.json").exists()


def test_killed_program_starts_again(program: Double, page: Page, tmp_path: Path) -> None:
    program.process.kill()
    program.process.wait()
    assert (tmp_path / "data" / "runtime.json").exists()
    program.process = program.start()
    with_new = tmp_path / "data" / "runtime.json"
    deadline = time.monotonic() + PATIENCE
    while str(program.process.pid) not in (with_new.read_text() if with_new.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert program.process.poll() is None
