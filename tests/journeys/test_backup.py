"""The computer is lost: a backup was saved before, and a new computer gets everything back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.accounts_made import connect_photos
from tests.support.album import Album
from tests.support.desktop import Desktop, wait_until
from tests.support.examiner import Complaints, problems
from tests.support.persons_browser import PersonsBrowser
from tests.support.x11 import screen

ALBUM = Album("backup")
PASSPHRASE = "four plain coat hooks"
OF_THE_FILE = "another four of mine"


@pytest.fixture
def old(playwright: Playwright, display: str, tmp_path: Path) -> Iterator[Desktop]:
    """The computer that is going to be lost."""
    home = tmp_path / "old"
    (home / "Downloads").mkdir(parents=True)
    running = Desktop(playwright, display, home, HOME=str(home))
    yield running
    running.end()


@pytest.fixture
def new(playwright: Playwright, display: str, tmp_path: Path) -> Iterator[Desktop]:
    """Another one, where nothing has a key yet."""
    home = tmp_path / "new"
    home.mkdir()
    running = Desktop(playwright, display, home, options=())
    yield running
    running.end()


def test_everything_comes_back_on_a_new_computer(
    old: Desktop, new: Desktop, display: str, tmp_path: Path, browser: PersonsBrowser
) -> None:
    window = old.start()
    complaints = Complaints(window)
    jane = connect_photos(window, old, browser, "jane@photos.example")
    file = save(window, old, display, tmp_path / "old" / "Downloads")
    assert complaints.said == []
    old.end()

    window = new.start()
    complaints = Complaints(window)
    begin(window)
    refuse_what_does_not_open(window, file)
    look_and_restore(window)
    expect(window.locator(f'a[href="/user/{jane}"]').first).to_be_visible()
    assert complaints.said == []


def save(window: Page, desktop: Desktop, display: str, folder: Path) -> Path:
    """Settings say that there is none yet; the window's own dialog asks where it goes."""
    window.goto(f"{desktop.origin}/settings")
    expect(window.get_by_text("There is none yet.")).to_be_visible()
    window.get_by_role("button", name="Save…").click()
    window.get_by_label("A passphrase for the backup").fill(OF_THE_FILE)
    ALBUM.keep(window, "1-passphrase")
    assert problems(window) == []
    repeat = window.locator("#backup-passphrase-again")
    repeat.fill("something else")
    window.get_by_role("button", name="Save it").click()
    expect(window.get_by_text("The two are not the same yet.")).to_be_visible()
    repeat.fill(OF_THE_FILE)
    with screen(display) as seen:
        window.get_by_role("button", name="Save it").click(no_wait_after=True)
        wait_until(lambda: seen.titles().count("Coatcheck") == 2)

        def press() -> bool:
            # The dialog may not listen yet.
            if seen.titles().count("Coatcheck") == 2:
                seen.press_return("Coatcheck")
            return bool(list(folder.glob("*.age")))

        wait_until(press)
    [path] = folder.glob("coatcheck-*.age")
    wait_until(lambda: path.read_bytes().startswith(b"age-encryption.org/v1\n"))
    window.reload()
    expect(window.get_by_text("The last one:")).to_be_visible()
    return path


def begin(window: Page) -> None:
    """A new computer asks for a passphrase of its own, and says where backups come in."""
    expect(window.get_by_text("Do you have a backup from another computer?")).to_be_visible()
    window.get_by_label("Passphrase").fill(PASSPHRASE)
    window.get_by_label("Once more").fill(PASSPHRASE)
    window.keyboard.press("Enter")
    window.get_by_role("link", name="Restore from a backup").click()
    expect(window.get_by_role("heading", name="Restore from a backup")).to_be_visible()
    ALBUM.keep(window, "2-file")
    assert problems(window) == []


def refuse_what_does_not_open(window: Page, file: Path) -> None:
    window.get_by_label("The backup’s file").set_input_files(file)
    expect(window.get_by_text(file.name)).to_be_visible()
    window.get_by_label("Its passphrase").fill("not that one")
    window.get_by_role("button", name="Open it").click()
    expect(window.get_by_text("That passphrase does not open this backup.")).to_be_visible()
    ALBUM.keep(window, "3-wrong")
    assert problems(window) == []


def look_and_restore(window: Page) -> None:
    """The file stays chosen; what is in it is shown before anything changes."""
    window.get_by_label("Its passphrase").fill(OF_THE_FILE)
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", name="What is in the backup")).to_be_visible()
    expect(window.get_by_text("It is not here yet.")).to_be_visible()
    expect(window.get_by_text("use each account on only one of the two")).to_be_visible()
    ALBUM.keep(window, "4-inside")
    assert problems(window) == []
    window.get_by_role("button", name="Restore").click()
    expect(window.get_by_role("heading", name="Accounts")).to_be_visible()
    expect(window.get_by_role("status").filter(has_text="Restored.")).to_be_visible()
