"""The whole program in this process, with a clock that the test moves."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path

import pytest

from desktop_app.config import Config
from desktop_app.demo.errors import StoryError
from desktop_app.demo.http_browser import HttpBrowser
from desktop_app.demo.person import Person
from desktop_app.paths import DataFolder, DataFolderError
from desktop_app.program import Program
from desktop_app.runtime import read_runtime
from desktop_app.start.launch import launch
from desktop_app.window.browser import SystemBrowser
from tests.support.memory import Clock


def config_for(root: Path) -> Config:
    folder = DataFolder(root / "data")
    folder.make()
    return Config(folder=folder, key_file=root / "key", use_browser=False)


async def start(config: Config, clock: Clock) -> Program:
    return await launch(config, browser=SystemBrowser(allowed=False), clock=clock)


async def lock_by_itself(config: Config, clock: Clock) -> list[str]:
    """Sleep longer than the person allows, and return what they are told before and after."""
    program = await start(config, clock)
    browser = HttpBrowser()
    person = Person(browser, program.window_url())
    said = []
    try:
        await person.enter()
        await person.ask("PATCH", "settings", {"auto_lock_minutes": 5})
        for minutes in (4, 4, 8 * 60):
            clock.now += 60 * minutes
            try:
                said.append(str((await person.ask("GET", "profiles"))["total"]))
            except StoryError as error:
                said.append(error.message)
    finally:
        browser.close()
        await program.stop()
    return said


def test_it_locks_by_itself_after_the_idle_time_also_when_the_computer_slept(
    tmp_path: Path,
) -> None:
    said = asyncio.run(lock_by_itself(config_for(tmp_path), Clock()))
    assert said[:2] == ["0", "0"]
    assert "locked" in said[2]


async def start_and_stop(config: Config) -> Program:
    program = await start(config, Clock())
    assert read_runtime(config.folder.runtime_json) is not None
    await program.stop()
    return program


def test_it_starts_again_where_it_was_stopped(tmp_path: Path) -> None:
    config = config_for(tmp_path)
    for _ in range(2):
        program = asyncio.run(start_and_stop(config))
        assert not config.folder.runtime_json.exists()
        assert not config.folder.socket.exists()
        with pytest.raises(OSError):
            http.client.HTTPConnection("127.0.0.1", program.port, timeout=5).connect()


def test_a_start_that_can_not_say_where_it_is_leaves_nothing_running(tmp_path: Path) -> None:
    """A folder in the place of runtime.json: the store must be free for the next start."""
    config = config_for(tmp_path)
    config.folder.runtime_json.mkdir()
    with pytest.raises(DataFolderError):
        asyncio.run(start(config, Clock()))
    config.folder.runtime_json.rmdir()
    asyncio.run(start_and_stop(config))
