"""The log as a file that the person keeps: through the window's own dialog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.support.desktop import Desktop, wait_until
from tests.support.x11 import screen


@pytest.fixture
def desktop(playwright: Playwright, display: str, tmp_path: Path) -> Iterator[Desktop]:
    (tmp_path / "Downloads").mkdir()
    running = Desktop(playwright, display, tmp_path, HOME=str(tmp_path))
    yield running
    running.end()


def test_the_window_asks_where_a_file_goes_and_keeps_it_there(
    desktop: Desktop, display: str, tmp_path: Path
) -> None:
    window = desktop.start()
    folder = tmp_path / "Downloads"
    with screen(display) as seen:
        window.evaluate("() => { location.assign('/activity.csv'); }")
        wait_until(lambda: seen.titles().count("Coatcheck") == 2)

        def press() -> bool:
            # The dialog may not listen yet.
            if seen.titles().count("Coatcheck") == 2:
                seen.press_return("Coatcheck")
            return bool(list(folder.glob("*.csv")))

        wait_until(press)
    [path] = folder.glob("coatcheck-activity-*.csv")
    wait_until(lambda: path.read_text() != "")
    assert path.read_text().startswith("entry,time,by,")
    # The window still shows what it showed.
    assert window.locator("h1").count() == 1
