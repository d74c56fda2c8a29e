"""Drives a real window over its debugging port, with Playwright."""

from __future__ import annotations

import contextlib
import json
import socket
import time
import urllib.request
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as TooLate


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_listening(port: int) -> bool:
    """Say whether anybody accepts connections on *port*."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def window_page(port: int, timeout: float = 60.0) -> Iterator[Page]:
    """Connect to the window that debugs on *port* and yield its page."""
    with sync_playwright() as playwright:
        yield window_page_of(playwright, port, timeout)


def window_page_of(playwright: Playwright, port: int, timeout: float = 60.0) -> Page:
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
    return playwright.chromium.connect_over_cdp(address, no_defaults=True, timeout=5_000)


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
        with urllib.request.urlopen(address, timeout=2) as answer:
            return any(each["url"].startswith("http") for each in json.load(answer))
    return False
