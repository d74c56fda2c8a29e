"""A passphrase in the place of a keyring: choose, lock, unlock, forget it, begin anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.album import Album
from tests.support.desktop import Desktop
from tests.support.examiner import Complaints, problems

ALBUM = Album("lock")
PASSPHRASE = "four plain coat hooks"
A_DAY = 86_400.0


@pytest.fixture
def slept(tmp_path: Path) -> Path:
    """How long the computer has slept."""
    return tmp_path / "slept"


@pytest.fixture
def sleepy(playwright: Playwright, display: str, tmp_path: Path, slept: Path) -> Iterator[Desktop]:
    """The program without a usable keyring or key file, on a computer that can sleep."""
    main = ("-m", "tests.support.sleeping_program", str(slept))
    running = Desktop(playwright, display, tmp_path, options=(), main=main)
    running.prefer(theme="system", language="en", auto_lock_minutes=15)
    yield running
    running.end()


def test_passphrase_keeps_everything_until_it_is_forgotten(sleepy: Desktop, slept: Path) -> None:
    window = sleepy.start()
    complaints = Complaints(window)
    choose_passphrase(window)
    lock(window)
    unlock_after_a_wrong_guess(window)
    sleep_for_a_day(window, slept)
    window = restart(sleepy)
    complaints_after = Complaints(window)
    begin_anew(window)
    assert complaints.said + complaints_after.said == []
    assert [path for path in sleepy.data.iterdir() if "old-" in path.name]


def choose_passphrase(window: Page) -> None:
    """Without a keyring the program asks, and says why."""
    expect(window.get_by_role("heading", name="Choose a passphrase")).to_be_visible()
    ALBUM.keep(window, "1-new")
    assert problems(window) == []
    window.get_by_label("Passphrase").fill("short")
    window.get_by_label("Once more").focus()
    expect(
        window.get_by_role("alert").filter(has_text="At least eight characters.")
    ).to_be_visible()
    window.get_by_label("Passphrase").fill(PASSPHRASE)
    window.get_by_label("Once more").fill("something else")
    window.get_by_role("button", name="Begin").click()
    expect(window.get_by_text("The two are not the same yet.")).to_be_visible()
    window.get_by_label("Once more").fill(PASSPHRASE)
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", name="Your sign-ins, in one safe place")).to_be_visible()


def lock(window: Page) -> None:
    window.get_by_role("button", name="Lock").click()
    expect(window.get_by_role("heading", name="Coatcheck is locked")).to_be_visible()
    window.goto(window.url.replace("/unlock", "/settings"))
    expect(window.get_by_role("heading", name="Coatcheck is locked")).to_be_visible()


def unlock_after_a_wrong_guess(window: Page) -> None:
    window.get_by_label("Passphrase").fill("not this one")
    window.keyboard.press("Enter")
    expect(
        window.locator(".field-error, .form-error").filter(has_text="passphrase")
    ).to_be_visible()
    ALBUM.keep(window, "2-wrong")
    assert problems(window) == []
    window.get_by_label("Passphrase").fill(PASSPHRASE)
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", name="Your sign-ins, in one safe place")).to_be_visible()


def sleep_for_a_day(window: Page, slept: Path) -> None:
    """The window locks by itself: nobody touches it, and its session is too old by then."""
    # A socket that is only being opened when the computer falls asleep is refused afterwards,
    # which the engine itself writes to its console.
    window.locator("html[data-listening]").wait_for()
    slept.write_text(str(A_DAY))
    expect(window.get_by_role("heading", name="Coatcheck is locked")).to_be_visible()


def restart(sleepy: Desktop) -> Page:
    assert sleepy.stop() == 0
    return sleepy.start()


def begin_anew(window: Page) -> None:
    expect(window.get_by_role("heading", name="Coatcheck is locked")).to_be_visible()
    window.get_by_text("Forgotten the passphrase?").click()
    ALBUM.keep(window, "3-forgotten")
    assert problems(window) == []
    window.get_by_role("button", name="Begin anew…").click()
    ALBUM.keep(window, "4-begin-anew")
    assert problems(window) == []
    window.get_by_role("button", name="Begin anew", exact=True).click()
    expect(window.get_by_role("heading", name="Choose a passphrase")).to_be_visible()
