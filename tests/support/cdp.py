"""Drives a real window over its debugging port, with Playwright."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as TooLate


@contextlib.contextmanager
def window_page(port: int, timeout: float = 120.0) -> Iterator[Page]:
    """Connect to the window that debugs on *port* and yield its page."""
    with sync_playwright() as playwright:
        yield window_page_of(playwright, port, timeout)


def window_page_of(playwright: Playwright, port: int, timeout: float = 120.0) -> Page:
    """Connect to the window that debugs on *port* with a Playwright that runs already."""
    deadline = time.monotonic() + timeout
    _wait_for_page(port, deadline)
    while True:
        # Qt now and then answers nothing to whoever connects while it begins a page.
        with contextlib.suppress(TooLate):
            return _first_page(_connect(playwright, port).contexts[0].pages)
        assert time.monotonic() < deadline, "the window could not be driven"


def _connect(playwright: Playwright, port: int) -> Browser:
    address = f"http://127.0.0.1:{port}"
    return playwright.chromium.connect_over_cdp(address, no_defaults=True, timeout=20_000)


def _first_page(pages: list[Page]) -> Page:
    assert pages, "the window has no page"
    return pages[0]


def _wait_for_page(port: int, deadline: float) -> None:
    """Wait until the window has left its blank first page."""
    while not _shows_something(port):
        assert time.monotonic() < deadline, "the window's debugging port never answered"
        time.sleep(0.05)


def _shows_something(port: int) -> bool:
    with contextlib.suppress(OSError, ValueError):
        address = f"http://127.0.0.1:{port}/json/list"
        with urllib.request.urlopen(address, timeout=20) as answer:
            return any(each["url"].startswith("http") for each in json.load(answer))
    return False
