"""The running program: its sockets, its runtime.json, and the order of its end."""

from __future__ import annotations

import asyncio
import logging
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.web import Application

from desktop_app.paths import DataFolder, DataFolderError
from desktop_app.program import (
    Program,
    SocketTakenError,
    bind,
    bind_port,
    bind_private_socket,
)
from desktop_app.runtime import read_runtime
from desktop_app.store.preferences import Preferences


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    made.make()
    return made


def make_program(folder: DataFolder, **changed: Any) -> Program:
    """Make a program that serves nothing, on both of its sockets."""
    sockets = bind(0, folder)
    server = HTTPServer(Application([]))
    server.add_sockets(sockets)
    values: dict[str, Any] = {
        "folder": folder,
        "port": sockets[0].getsockname()[1],
        "api_key": "the-key",
        "server": server,
        "issue_ticket": lambda lifetime: f"ticket-{lifetime:.0f}",
        "preferences": Preferences(folder.preferences_json),
        "enders": (),
        "has_socket": True,
    }
    return Program(**(values | changed))


def test_any_free_port_of_this_machine_alone_is_bound() -> None:
    """A port in use is tested with a child process: Tornado leaves its socket open then."""
    (bound,) = bind_port(0)
    with bound:
        assert bound.getsockname()[0] == "127.0.0.1"
        assert bound.getsockname()[1] > 0


def test_the_socket_is_the_owners_alone_and_replaces_one_that_was_left(tmp_path: Path) -> None:
    path = tmp_path / "s"
    for _ in range(2):
        with bind_private_socket(path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["taken", "no/such/folder/s", "x" * 200])
def test_a_socket_that_can_not_be_had_is_said_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(SocketTakenError) as caught:
        bind_private_socket(tmp_path / name)
    assert name in caught.value.message
    assert (tmp_path / "taken").read_text() == "mine"


def test_without_the_socket_the_port_is_given_back(folder: DataFolder) -> None:
    (port,) = bind_port(0)
    number = port.getsockname()[1]
    port.close()
    folder.socket.write_text("mine")
    with pytest.raises(SocketTakenError):
        bind(number, folder)
    with socket.create_server(("127.0.0.1", number)):
        pass


def test_it_announces_itself_and_withdraws(folder: DataFolder) -> None:
    async def story() -> None:
        program = make_program(folder)
        program.announce()
        found = read_runtime(folder.runtime_json)
        assert found is not None
        assert (found.url, found.socket) == (program.url, str(folder.socket))
        assert "ticket" not in folder.runtime_json.read_text()
        await program.stop()

    asyncio.run(story())
    assert not folder.runtime_json.exists()
    assert not folder.socket.exists()


def test_each_address_has_a_ticket_that_lasts_as_long_as_is_needed(folder: DataFolder) -> None:
    async def story() -> None:
        program = make_program(folder)
        assert program.window_url() == f"{program.url}/?ticket=ticket-120"
        assert program.printed_url() == f"{program.url}/?ticket=ticket-86400"
        await program.stop()

    asyncio.run(story())


def test_it_withdraws_before_anything_else_ends(folder: DataFolder) -> None:
    """Whoever finds runtime.json must find somebody who answers."""
    seen = []

    async def end() -> None:
        seen.append((folder.runtime_json.exists(), folder.socket.exists()))

    async def story() -> None:
        program = make_program(folder, enders=(end,))
        program.announce()
        await program.stop()

    asyncio.run(story())
    assert seen == [(False, False)]


def test_a_part_that_fails_to_end_does_not_keep_the_others(
    folder: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    ended = []

    async def fail() -> None:
        raise OSError("the disk is gone")

    async def end() -> None:
        ended.append("store")

    async def story() -> None:
        await make_program(folder, enders=(fail, end)).stop()

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert ended == ["store"]
    assert "did not end cleanly" in caplog.text


def test_an_announcement_that_can_not_be_written_is_said_so(folder: DataFolder) -> None:
    async def story() -> None:
        program = make_program(folder)
        folder.runtime_json.mkdir()
        with pytest.raises(DataFolderError) as caught:
            program.announce()
        assert str(folder.root) in caught.value.message
        await program.stop()

    asyncio.run(story())
    assert [path.name for path in folder.root.iterdir()] == ["runtime.json"]
