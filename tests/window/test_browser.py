from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.window.browser import BrowserAddressError, SystemBrowser, browser_address

ADDRESS = "https://photos.example/authorize?client_id=a&scope=openid+email"


def fake_browser(folder: Path, body: str) -> dict[str, str]:
    """A browser that is a real program, and the environment that names it."""
    script = folder / "browser"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return {"BROWSER": str(script), "PATH": os.environ["PATH"]}


def test_browser_gets_the_address_as_one_argument(tmp_path: Path) -> None:
    environment = fake_browser(tmp_path, f'printf "%s\\n" "$#" "$1" > {tmp_path}/seen')
    assert asyncio.run(SystemBrowser(environment).open(ADDRESS))
    assert (tmp_path / "seen").read_text() == f"1\n{ADDRESS}\n"


def test_browser_starts_in_a_clean_environment(tmp_path: Path) -> None:
    environment = fake_browser(tmp_path, f"env > {tmp_path}/seen")
    ours = {"QT_PLUGIN_PATH": "/ours", "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    assert asyncio.run(SystemBrowser({**environment, **ours}).open(ADDRESS))
    assert "QT" not in (tmp_path / "seen").read_text()


def test_browser_that_fails_counts_as_none(tmp_path: Path) -> None:
    assert not asyncio.run(SystemBrowser(fake_browser(tmp_path, "exit 3")).open(ADDRESS))


def test_no_browser_no_screen() -> None:
    browser = SystemBrowser({"PATH": os.environ["PATH"]})
    assert not browser.is_there
    assert not asyncio.run(browser.open(ADDRESS))


def test_browser_that_may_not_be_opened_is_not(tmp_path: Path) -> None:
    environment = fake_browser(tmp_path, f"touch {tmp_path}/opened")
    assert not asyncio.run(SystemBrowser(environment, allowed=False).open(ADDRESS))
    assert not (tmp_path / "opened").exists()


def test_next_browser_is_tried(tmp_path: Path) -> None:
    environment = fake_browser(tmp_path, f"touch {tmp_path}/opened")
    environment["BROWSER"] = f"/bin/false:{environment['BROWSER']} %s"
    assert asyncio.run(SystemBrowser(environment).open(ADDRESS))
    assert (tmp_path / "opened").exists()


def test_our_own_file_can_be_opened(tmp_path: Path) -> None:
    environment = fake_browser(tmp_path, f'echo "$1" > {tmp_path}/seen')
    assert asyncio.run(SystemBrowser(environment).open_file(tmp_path / "open.html"))
    assert (tmp_path / "seen").read_text() == f"file://{tmp_path}/open.html\n"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:anna@photos.example",
        "ssh://photos.example",
        "-new-window",
        "https://",
        "https:///path",
        "https://photos.example/a b",
        "https://photos.example/\nx",
        "https://photos.example/\x00",
        "https://photos.example/ä",
        "https://photos.example\\@other.example/",
        "https://anna:secret@photos.example/",
        "https://photos.example:0/",
        "https://photos.example:99999/",
        "https://[::1/",
        "https://photos.example/" + "a" * 20_000,
        "",
    ],
)
def test_anything_but_a_plain_address_is_refused(url: str) -> None:
    with pytest.raises(BrowserAddressError):
        browser_address(url)


@pytest.mark.parametrize("bad", list("\"'`<>|{}^$();"))
def test_shell_metacharacters_never_reach_a_launcher(bad: str) -> None:
    """``xdg-open`` and some browsers' own starters are shell scripts."""
    found = browser_address(f"https://photos.example/?a={bad}touch+x{bad}")
    assert bad not in found
    assert unquote(found) == f"https://photos.example/?a={bad}touch+x{bad}"


NEARLY = st.from_regex(r"https?://[a-z.]{1,9}(:\d{1,6})?[/?#][ -~]{0,40}", fullmatch=True)


@given(st.text() | NEARLY)
def test_every_text_is_refused_or_becomes_a_plain_address(text: str) -> None:
    try:
        found = browser_address(text)
    except BrowserAddressError:
        return
    assert urlsplit(found).scheme in {"http", "https"}
    assert found.isascii()
    assert not set(found) & set(" \t\r\n\"'`<>|{}^$();\\")
