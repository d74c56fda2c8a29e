"""Who is at the other end of real connections."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desktop_app.peers import system
from desktop_app.peers.own import OwnCommand
from desktop_app.peers.programs import Programs
from desktop_app.peers.system import SystemPeers
from desktop_app.services.lending.askers import Asker
from desktop_app.services.lending.lending_errors import (
    ForeignUserError,
    InterpreterError,
    ProgramFileError,
    ProgramUnknownError,
)
from tests.support.other_user import as_another_user, peers_to_refuse_them

PYTHON = os.path.realpath(sys.executable)
US = os.geteuid()
# Connects to the Unix socket or the port that it is given, and waits for the other end.
CONNECT = """
import socket, sys
where = sys.argv[1]
if where.isdigit():
    family = socket.AF_INET6 if "mapped" in sys.argv else socket.AF_INET
    address = "::ffff:127.0.0.1" if "mapped" in sys.argv else "127.0.0.1"
    connection = socket.socket(family)
    connection.connect((address, int(where)))
else:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(where)
connection.recv(1)
"""


@pytest.fixture
def peers() -> SystemPeers:
    return SystemPeers(OwnCommand(), uid=US)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "asks.py"
    path.write_text(CONNECT)
    return path


@pytest.fixture
def over_socket(tmp_path: Path) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        listening.settimeout(120)
        yield listening


@pytest.fixture
def over_port() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(120)
        yield listening


def where(listening: socket.socket) -> str:
    name = listening.getsockname()
    return name if isinstance(name, str) else str(name[1])


def asked_by(
    listening: socket.socket, look: Callable[[socket.socket], Asker], *command: str | Path
) -> Asker:
    """Start *command*, which connects, and return what *look* finds out about it."""
    process = subprocess.Popen([str(each) for each in command])
    try:
        accepted, _ = listening.accept()
        with closing(accepted):
            return look(accepted)
    finally:
        process.wait(120)


@pytest.mark.parametrize("kind", ["over_socket", "over_port"])
def test_the_program_behind_a_connection_is_found(
    peers: SystemPeers, script: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    listening: socket.socket = request.getfixturevalue(kind)
    asker = asked_by(
        listening,
        lambda connection: asyncio.run(peers.identify(connection)),
        PYTHON,
        script,
        where(listening),
    )
    assert asker.program.path == str(script)
    assert asker.parents[0].pid == os.getpid()


def test_a_program_that_speaks_both_versions_of_ip_is_found(
    peers: SystemPeers, script: Path, over_port: socket.socket
) -> None:
    asker = asked_by(
        over_port,
        lambda connection: asyncio.run(peers.identify(connection)),
        PYTHON,
        script,
        where(over_port),
        "mapped",
    )
    assert asker.program.path == str(script)


def test_the_same_connection_is_recognised_again(
    peers: SystemPeers, script: Path, over_port: socket.socket
) -> None:
    def twice(connection: socket.socket) -> Asker:
        first = asyncio.run(peers.identify(connection))
        assert asyncio.run(peers.identify(connection)) == first
        return first

    asked_by(over_port, twice, PYTHON, script, where(over_port))


@pytest.mark.parametrize("kind", ["over_socket", "over_port"])
def test_a_program_that_has_ended_is_an_error(
    peers: SystemPeers, kind: str, request: pytest.FixtureRequest
) -> None:
    listening: socket.socket = request.getfixturevalue(kind)
    ends = CONNECT.replace("connection.recv(1)", "")
    process = subprocess.Popen([PYTHON, "-c", ends, where(listening)])
    accepted, _ = listening.accept()
    process.wait(120)
    with closing(accepted), pytest.raises((ProgramUnknownError, ForeignUserError)):
        asyncio.run(peers.identify(accepted))


@pytest.mark.parametrize("kind", ["over_socket", "over_port"])
def test_the_port_of_another_user_refuses_this_one(
    script: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Seen from the other side, so that it can be tried without being the administrator."""
    listening: socket.socket = request.getfixturevalue(kind)
    theirs = SystemPeers(OwnCommand(), uid=US + 1)

    def refused(connection: socket.socket) -> Asker:
        with pytest.raises(ForeignUserError):
            asyncio.run(theirs.check_user(connection))
        with pytest.raises(ForeignUserError):
            asyncio.run(theirs.identify(connection))
        return None  # type: ignore[return-value]

    asked_by(listening, refused, PYTHON, script, where(listening))


@pytest.mark.parametrize("kind", ["over_socket", "over_port"])
def test_a_second_user_is_refused(kind: str, request: pytest.FixtureRequest) -> None:
    listening: socket.socket = request.getfixturevalue(kind)
    with as_another_user(listening.getsockname()):
        accepted, _ = listening.accept()
        with closing(accepted), pytest.raises(ForeignUserError):
            asyncio.run(peers_to_refuse_them().check_user(accepted))


@pytest.mark.parametrize("kind", ["over_socket", "over_port"])
def test_many_connections_of_a_program_cost_few_looks(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that asks a hundred times at once must not keep the person waiting."""
    listening: socket.socket = request.getfixturevalue(kind)
    looked: list[str] = []
    for name in ("belonging", "owners"):
        found = counted(getattr(system, name), name, looked)
        monkeypatch.setattr(system, name, found)
    monkeypatch.setattr(Programs, "asker", counted(Programs.asker, "asker", looked))
    peers = SystemPeers(OwnCommand(), uid=US)
    pairs = [connected(listening) for _ in range(100)]

    async def all_at_once() -> list[Asker]:
        return await asyncio.gather(*(peers.identify(theirs) for _, theirs in pairs))

    try:
        askers = asyncio.run(all_at_once())
    finally:
        for pair in pairs:
            for each in pair:
                each.close()
    assert {asker.pid for asker in askers} == {os.getpid()}
    assert max(looked.count(name) for name in ("belonging", "owners", "asker")) <= 3


def connected(listening: socket.socket) -> tuple[socket.socket, socket.socket]:
    ours = socket.socket(listening.family)
    ours.connect(listening.getsockname())
    return ours, listening.accept()[0]


def counted(look: Callable[..., Any], name: str, looked: list[str]) -> Callable[..., Any]:
    def counting(*given: Any) -> Any:
        looked.append(name)
        return look(*given)

    return counting


def test_a_closed_connection_is_refused(peers: SystemPeers) -> None:
    with closing(socket.socket()) as never, pytest.raises(ForeignUserError):
        asyncio.run(peers.check_user(never))


def test_the_real_git_is_found_behind_its_own_helpers(
    tmp_path: Path, over_socket: socket.socket
) -> None:
    ours = tmp_path / "main.py"
    ours.write_text(CONNECT)
    peers = SystemPeers(OwnCommand(scripts=frozenset({str(ours)})), uid=US)
    helper = f"!'{PYTHON}' '{ours}' '{where(over_socket)}'"
    command = ["git", "-c", "credential.helper=", "-c", f"credential.helper={helper}"]
    process = subprocess.Popen(
        [*command, "credential", "fill"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
    )
    assert process.stdin is not None
    with process.stdin as given:
        given.write(b"protocol=https\nhost=git.example\n\n")
    accepted, _ = over_socket.accept()
    with closing(accepted):
        asker = asyncio.run(peers.identify(accepted))
    process.wait(120)
    assert asker.program.name == "git"
    assert "git-core" not in asker.program.path
    assert asker.parents[0].pid == os.getpid()


def test_the_program_at_a_path_is_found_through_links(peers: SystemPeers, tmp_path: Path) -> None:
    link = tmp_path / "git"
    link.symlink_to("/usr/bin/git")
    program = asyncio.run(peers.program_at(str(link), interpreters=False))
    assert program.path == os.path.realpath("/usr/bin/git")
    assert program.kind == "executable"


@pytest.mark.parametrize("path", ["/nowhere/git", "/etc", "/dev/null", "/proc/self/mem", "a\0b"])
def test_what_is_no_program_is_an_error(peers: SystemPeers, path: str) -> None:
    with pytest.raises(ProgramFileError):
        asyncio.run(peers.program_at(path, interpreters=True))


def test_an_interpreter_can_be_denied_but_not_allowed(peers: SystemPeers) -> None:
    with pytest.raises(InterpreterError):
        asyncio.run(peers.program_at("/bin/sh", interpreters=False))
    assert asyncio.run(peers.program_at("/bin/sh", interpreters=True)).kind == "executable"
