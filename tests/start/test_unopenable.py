"""A data folder that no key opens, with a window: the person is told, and can begin anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from desktop_app.config import Config
from desktop_app.demo.http_browser import HttpBrowser
from desktop_app.demo.person import Person
from desktop_app.errors import AppError
from desktop_app.start.launch import launch
from desktop_app.store.frames import HEADER_BYTES, MAGIC
from desktop_app.window.browser import SystemBrowser
from tests.start.test_launch import config_for, start_and_stop

Visit = Callable[[Person, HttpBrowser], Awaitable[None]]


def foreign(folder: Path) -> str:
    (folder / "profiles.db").write_bytes(b"SQLite format 3\x00" + bytes(500))
    return "profiles.db"


def newer(folder: Path) -> str:
    content = bytearray((folder / "profiles.db").read_bytes())
    for start in (0, HEADER_BYTES // 2):
        place = start + len(MAGIC)
        content[place : place + 2] = b"\0\x63"
    (folder / "profiles.db").write_bytes(bytes(content))
    return "profiles.db"


def damaged_vault(folder: Path) -> str:
    (folder / "vault.json").write_text("{")
    return "vault.json"


def newer_vault(folder: Path) -> str:
    path = folder / "vault.json"
    path.write_text(path.read_text("utf-8").replace('"version": 1', '"version": 99'), "utf-8")
    assert "99" in path.read_text("utf-8")
    return "vault.json"


def begun(root: Path) -> Config:
    """A folder that opens by itself, with its key file."""
    config = config_for(root)
    asyncio.run(start_and_stop(config))
    return config


async def visited(config: Config, visit: Visit) -> None:
    program = await launch(
        Config(folder=config.folder, use_browser=False),
        browser=SystemBrowser(allowed=False),
        person_is_there=True,
    )
    browser = HttpBrowser()
    person = Person(browser, program.window_url())
    try:
        await person.enter()
        await visit(person, browser)
    finally:
        await program.stop()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (foreign, "does not belong to this data folder"),
        (newer, "newer Coatcheck"),
        (damaged_vault, "vault.json is damaged"),
        (newer_vault, "newer Coatcheck"),
    ],
)
def test_the_window_says_what_is_the_matter_and_nothing_is_changed(
    tmp_path: Path, spoil: Callable[[Path], str], words: str
) -> None:
    config = begun(tmp_path)
    spoil(config.folder.root)
    files = [config.folder.profiles_db, config.folder.vault_json]
    kept = [path.read_bytes() for path in files]

    async def look(person: Person, browser: HttpBrowser) -> None:
        page = (await browser.open(f"{person.address}/")).body.decode()
        assert words in page
        assert "Begin anew" in page

    asyncio.run(visited(config, look))
    assert [path.read_bytes() for path in files] == kept


@pytest.mark.parametrize("spoil", [foreign, newer, damaged_vault, newer_vault])
def test_beginning_anew_keeps_what_was_there_under_another_name(
    tmp_path: Path, spoil: Callable[[Path], str]
) -> None:
    config = begun(tmp_path)
    spoiled = config.folder.root / spoil(config.folder.root)
    content = spoiled.read_bytes()

    async def begin_anew(person: Person, browser: HttpBrowser) -> None:
        await person.ask("POST", "keys/start-over", {"confirm": True})
        page = (await browser.open(f"{person.address}/")).body.decode()
        assert "Choose a passphrase" in page
        await person.ask("POST", "session", {"passphrase": "correct horse battery"})
        assert (await person.ask("GET", "profiles"))["total"] == 0

    asyncio.run(visited(config, begin_anew))
    aside = [path for path in spoiled.parent.glob(f"{spoiled.name}*") if path != spoiled]
    assert content in [path.read_bytes() for path in aside]


def test_accounts_without_their_vault_file_are_said_so_until_it_is_back(tmp_path: Path) -> None:
    config = begun(tmp_path)
    vault = config.folder.vault_json
    vault.rename(tmp_path / "vault.json")

    async def put_back(person: Person, browser: HttpBrowser) -> None:
        page = (await browser.open(f"{person.address}/")).body.decode()
        assert "vault.json" in page
        assert "Begin anew" in page
        (tmp_path / "vault.json").rename(vault)
        page = (await browser.open(f"{person.address}/unlock?again=1")).body.decode()
        assert "Coatcheck is locked" in page
        await person.ask("POST", "session", {})
        assert (await person.ask("GET", "profiles"))["total"] == 0

    asyncio.run(visited(config, put_back))


def test_without_a_person_the_start_is_refused(tmp_path: Path) -> None:
    config = begun(tmp_path)
    newer(config.folder.root)
    with pytest.raises(AppError) as refused:
        asyncio.run(start_and_stop(config))
    assert refused.value.code == "store_version"
