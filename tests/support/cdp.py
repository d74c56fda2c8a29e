"""Drives a real window over its debugging port, with Playwright."""

from __future__ import annotations

import contextlib
import socket
import time
import urllib.request
from collections.abc import Iterator

from playwright.sync_api import Page, Playwright, sync_playwright


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
    _wait_for(port, time.monotonic() + timeout)
    browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", no_defaults=True)
    return _first_page(browser.contexts[0].pages, browser)


def _first_page(pages: list[Page], browser: object) -> Page:
    assert pages, f"no page in {browser}"
    return pages[0]


def _wait_for(port: int, deadline: float) -> None:
    while True:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version", timeout=2).close()
            return
        assert time.monotonic() < deadline, "the window's debugging port never answered"
        time.sleep(0.05)
