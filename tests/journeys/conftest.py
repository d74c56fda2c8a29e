from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.support.album import FOLDER
from tests.support.desktop import Desktop
from tests.support.persons_browser import PersonsBrowser, open_browser
from tests.support.screen import virtual_screen
from tests.support.waiting import PATIENCE


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"screenshots: {FOLDER}")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with virtual_screen() as name:
        yield name


# Not for the whole session: an open Playwright keeps asyncio.run from working in other tests.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    # A busy machine may take long over what the person would hardly notice.
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = open_browser(playwright)
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[PersonsBrowser]:
    opened = PersonsBrowser(chromium)
    yield opened
    opened.context.close()


@pytest.fixture
def desktop(playwright: Playwright, display: str, tmp_path: Path) -> Iterator[Desktop]:
    running = Desktop(playwright, display, tmp_path)
    yield running
    running.end()
