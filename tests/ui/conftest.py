"""The pages, and a real browser that looks at them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.pages import Pages, served
from tests.support.toasts import keep_toasts
from tests.support.waiting import PATIENCE


# Not for the whole session: an open Playwright keeps asyncio.run from working in other tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def pages() -> Iterator[Pages]:
    with served() as shown:
        yield shown


@pytest.fixture
def page(browser: Browser, pages: Pages) -> Iterator[Page]:
    """The person's page, which listens for changes."""
    context = browser.new_context(viewport={"width": 1080, "height": 720}, base_url=pages.url)
    keep_toasts(context)
    opened = context.new_page()
    opened.set_default_timeout(1000 * PATIENCE)
    opened.goto(pages.ticket_url)
    opened.wait_for_selector("html[data-listening]", state="attached")
    yield opened
    context.close()
