"""A real script asks over the real socket, and the person answers in the real window."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.accounts_made import call, connect_photos
from tests.support.album import Album
from tests.support.desktop import PATIENCE, ROOT, Desktop, wait_until
from tests.support.examiner import Complaints, problems
from tests.support.persons_browser import PersonsBrowser
from tests.support.x11 import screen

ALBUM = Album("question")
DENIED = 4
SCRIPT = """
import subprocess, sys
command = [sys.executable, {main!r}, "--data-dir", {data!r}, "--no-start", "token", {profile!r}]
sys.exit(subprocess.run([*command, "--scope", "photos.read"]).returncode)
"""


# In one go, because the second may pass between two calls on a slow machine.
CLICK_AS_IT_COMES = """() => {
  window.dispatchEvent(new Event("focus"));
  const answers = [...document.querySelectorAll("[data-decision]")];
  const dead = answers.map((each) => each.disabled);
  answers.forEach((each) => each.click());
  return dead;
}"""


class Backup:
    """The script of a person who backs their photos up."""

    def __init__(self, desktop: Desktop, folder: Path, profile: str) -> None:
        self._path = folder / "backup.py"
        code = SCRIPT.format(main=str(ROOT / "main.py"), data=str(desktop.data), profile=profile)
        self._path.write_text(code)
        self._running: list[subprocess.Popen[str]] = []

    def begin(self) -> subprocess.Popen[str]:
        """Run it and wait for nothing."""
        running = subprocess.Popen(
            [sys.executable, str(self._path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._running.append(running)
        return running

    def end(self) -> None:
        """Leave nothing behind."""
        for each in self._running:
            # The command that it runs too.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(each.pid, signal.SIGKILL)
            each.communicate()
        self._running.clear()


def result_of(running: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for its end, and return its exit status and what it printed."""
    printed, _ = running.communicate(timeout=PATIENCE)
    return running.returncode, printed


@pytest.fixture
def window(desktop: Desktop) -> Page:
    return desktop.start()


@pytest.fixture
def jane(desktop: Desktop, window: Page, browser: PersonsBrowser) -> str:
    return connect_photos(window, desktop, browser, "jane@photos.example")


@pytest.fixture
def backup(desktop: Desktop, jane: str, tmp_path: Path) -> Iterator[Backup]:
    script = Backup(desktop, tmp_path, jane)
    yield script
    script.end()


def waiting(window: Page) -> int:
    found: int = call(window, "GET", "/v1.0/approvals")["total"]
    return found


def go(window: Page, desktop: Desktop, path: str) -> None:
    window.goto(f"{desktop.origin}{path}")
    window.wait_for_selector("html[data-listening]", state="attached")


def test_a_question_comes_by_itself_and_nothing_stray_answers_it(
    display: str, desktop: Desktop, window: Page, backup: Backup
) -> None:
    go(window, desktop, "/settings")
    complaints = Complaints(window)
    with screen(display) as seen:
        seen.cover("what the person works at")
        asking = backup.begin()
        wait_until(lambda: seen.titles()[-1] == "Coatcheck")
    window.wait_for_url("**/approvals/*")
    allow = window.get_by_role("button", name="Allow once")
    # Whatever the person was just about to press or click somewhere else.
    window.keyboard.press("Enter")
    window.keyboard.press("Space")
    assert window.evaluate(CLICK_AS_IT_COMES) == [True] * 3
    assert waiting(window) == 1
    heading = window.get_by_role("heading", name="backup.py would like to use Jane Hill at Photos")
    expect(heading).to_be_visible()
    expect(window.get_by_text("a script, run by python")).to_be_visible()
    # The photo service gives less, and its entry says so before anybody has seen it.
    expect(window.locator(".no-less")).to_have_count(0)
    expect(window.get_by_role("button", name="Always allow")).to_have_count(0)
    expect(allow).to_be_enabled()
    allow.focus()
    window.keyboard.press("Enter")
    expect(window.get_by_text("Enter allows nothing.")).to_be_visible()
    assert waiting(window) == 1
    ALBUM.keep(window, "1-asks")
    assert problems(window) == []
    expect(allow).to_be_enabled()
    allow.click()
    status, token = result_of(asking)
    assert status == 0
    assert len(token.strip()) > 20
    # Where the person was before, with a word on what was done.
    window.wait_for_url("**/settings")
    expect(window.get_by_text("Allowed once.")).to_be_visible()
    assert complaints.said == []
    assert token.strip() not in window.content()


def test_a_no_is_final_for_a_while_and_the_log_tells_all_of_it(
    desktop: Desktop, window: Page, backup: Backup
) -> None:
    go(window, desktop, "/programs")
    asking = backup.begin()
    window.get_by_role("button", name="Don’t allow").click()
    assert result_of(asking) == (DENIED, "")
    window.wait_for_url("**/programs")
    expect(window.get_by_role("heading", name="Kept away")).to_be_visible()
    ALBUM.keep(window, "2-kept-away")
    # Not asked about again, and turned away at once.
    assert result_of(backup.begin()) == (DENIED, "")
    assert waiting(window) == 0
    window.get_by_role("button", name="Let it ask again").click()
    expect(window.get_by_text("No program borrows from you yet.")).to_be_visible()
    window.get_by_role("button", name="Undo").click()
    expect(window.get_by_role("heading", name="Kept away")).to_be_visible()
    go(window, desktop, "/activity")
    # The answer, and that it holds again.
    expect(window.get_by_text("You did not allow backup.py to use Jane Hill")).to_have_count(2)
    # What repeats itself within a minute stands there once.
    expect(window.get_by_text("backup.py was kept away from Jane Hill at Photos")).to_be_visible()
    window.get_by_role("button", name="Check that nothing was altered").click()
    expect(window.get_by_text("Nothing was altered", exact=True)).to_be_visible()
    ALBUM.keep(window, "3-activity")


def test_a_question_takes_nothing_away_from_what_is_typed(
    desktop: Desktop, window: Page, backup: Backup
) -> None:
    go(window, desktop, "/connect/openid")
    address = window.get_by_role("textbox", name="Address")
    address.fill("login.half-typed")
    first = backup.begin()
    look = window.get_by_role("link", name="Look")
    expect(look).to_be_visible()
    expect(window.get_by_text("backup.py would like to use an account.")).to_be_visible()
    look.click()
    dialog = window.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="backup.py would like")).to_be_visible()
    ALBUM.keep(window, "4-over-a-page")
    window.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert waiting(window) == 1
    look.click()
    dialog.get_by_role("button", name="Allow for an hour").click()
    assert result_of(first)[0] == 0
    expect(address).to_have_value("login.half-typed")
    # An hour holds for the next time too.
    assert result_of(backup.begin())[0] == 0
    go(window, desktop, "/programs")
    expect(window.get_by_text("May borrow")).to_be_visible()
    window.get_by_role("button", name="Take back from backup.py").click()
    expect(window.get_by_text("No program borrows from you yet.")).to_be_visible()


def test_a_question_goes_when_its_asker_goes(
    desktop: Desktop, window: Page, backup: Backup
) -> None:
    go(window, desktop, "/settings")
    backup.begin()
    window.wait_for_url("**/approvals/*")
    backup.end()
    expect(window.get_by_role("heading", name="The question has gone")).to_be_visible()
    ALBUM.keep(window, "5-gone")


@pytest.fixture
def distant(playwright: Playwright, display: str, tmp_path: Path) -> Iterator[Desktop]:
    """The same program, as a command starts it in the background."""
    options = ("--no-window", "--key-file", str(tmp_path / "key"))
    running = Desktop(playwright, display, tmp_path, options=options)
    yield running
    running.end()


def test_without_a_window_the_browser_shows_the_question(
    desktop: Desktop, distant: Desktop, backup: Backup, browser: PersonsBrowser
) -> None:
    desktop.stop()
    distant.process = distant.begin()
    wait_until((distant.data / "runtime.json").exists)
    asking = backup.begin()
    page = Path(unquote(urlsplit(distant.opened()).path))
    # The ticket is in a file that nobody else can read, not on a command line.
    assert page.stat().st_mode & 0o077 == 0
    assert re.search(r"signed-out#ticket=[\w-]+&amp;to=%2Fapprovals%2F\w+", page.read_text())
    tab = browser.open(page.as_uri())
    tab.get_by_role("heading", name="backup.py would like to use Jane Hill").wait_for()
    tab.get_by_role("button", name="Allow once").click()
    assert result_of(asking)[0] == 0
    assert distant.stop() == 0
    assert not page.exists()
