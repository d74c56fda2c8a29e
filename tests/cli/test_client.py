"""The commands' HTTP client, against answers that a program should never give."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.cli import client as module
from desktop_app.cli.client import ApiError, Client, NoAnswerError, NotRunningError
from desktop_app.runtime import Runtime


class Stranger:
    """Takes one connection, on a port and on a socket path, and answers it as told."""

    def __init__(self, path: Path) -> None:
        self.answer = b""
        self.got = b""
        self.path = path
        self._port = socket.create_server(("127.0.0.1", 0))
        self._unix = socket.socket(socket.AF_UNIX)
        self._unix.bind(str(path))
        self._unix.listen()
        self._threads = [
            threading.Thread(target=self._serve, args=[listener], daemon=True)
            for listener in (self._port, self._unix)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def port(self) -> int:
        port: int = self._port.getsockname()[1]
        return port

    def runtime(self, *, over_socket: bool) -> Runtime:
        return Runtime(
            pid=1,
            url=f"http://127.0.0.1:{self.port}",
            port=self.port,
            socket=str(self.path) if over_socket else "",
            api_key="the-key",
            version="1",
            started_at="2030-01-01T00:00:00Z",
        )

    def close(self) -> None:
        for listener in (self._port, self._unix):
            # Closing alone does not wake the thread that waits for a connection.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _serve(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            self.got = read_request(connection)
            if self.got:
                connection.sendall(self.answer)


def read_request(connection: socket.socket) -> bytes:
    """Read all of it, up to where it breaks off.

    A client that still writes would fail in another way than the tests expect.
    """
    with connection.makefile("rb") as file:
        head = b"".join(itertools.takewhile(b"\r\n".__ne__, file))
        if not head:
            return b""
        length = re.search(rb"Content-Length: (\d+)", head)
        return head + b"\r\n" + file.read(int(length[1]) if length else 0)


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Stranger]:
    made = Stranger(tmp_path / "s")
    yield made
    made.close()


def http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def test_the_key_goes_over_the_port(stranger: Stranger) -> None:
    stranger.answer = http("200 OK", '{"a": 1}')
    assert Client(stranger.runtime(over_socket=False)).get("/x", q="ä b") == {"a": 1}
    assert stranger.got.startswith(b"GET /x?q=%C3%A4+b HTTP/1.0\r\n")
    assert b"Authorization: Bearer the-key\r\n" in stranger.got


def test_over_the_socket_the_system_says_who_it_is(stranger: Stranger) -> None:
    stranger.answer = http("200 OK", "{}")
    assert Client(stranger.runtime(over_socket=True)).post("/x", {"b": 2}) == {}
    assert b"Host: localhost\r\n" in stranger.got
    assert b"the-key" not in stranger.got
    assert stranger.got.endswith(b'\r\n\r\n{"b": 2}')


def test_nothing_is_said_to_another_user_s_socket(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash ``runtime.json`` may lead to a place that is free for anybody."""
    me = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: me + 1)
    with pytest.raises(NotRunningError):
        Client(stranger.runtime(over_socket=True)).post("/v1.0/session", {"passphrase": "secret"})
    stranger.close()
    assert stranger.got == b""


def test_an_empty_answer_is_none(stranger: Stranger) -> None:
    stranger.answer = b"HTTP/1.1 204 No Content\r\n\r\n"
    assert Client(stranger.runtime(over_socket=True)).delete("/x") is None


def test_an_error_is_raised_as_the_api_gave_it(stranger: Stranger) -> None:
    stranger.answer = http("409 Conflict", '{"error": "ambiguous_profile", "message": "two"}')
    with pytest.raises(ApiError) as caught:
        Client(stranger.runtime(over_socket=True)).get("/x")
    assert (caught.value.code, caught.value.message) == ("ambiguous_profile", "two")


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"SSH-2.0-x\r\n", http("200 OK", "<html>"), b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n"),
        # It broke off in the middle of what is JSON all the same.
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12",
    ],
)
def test_whatever_is_not_our_program_counts_as_not_running(
    stranger: Stranger, answer: bytes
) -> None:
    stranger.answer = answer
    with pytest.raises(NotRunningError):
        Client(stranger.runtime(over_socket=False)).get("/x")


def test_an_error_without_a_code_is_a_failure(stranger: Stranger) -> None:
    stranger.answer = http("500 Oops", "[]")
    with pytest.raises(ApiError) as caught:
        Client(stranger.runtime(over_socket=False)).get("/x")
    assert caught.value.code == "failed"


@pytest.mark.parametrize("path", ["/x y", "/x\r\nHost: evil", "/é", "x"])
def test_no_address_can_add_to_the_request(stranger: Stranger, path: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Client(stranger.runtime(over_socket=False)).get(path)
    assert stranger.got == b""


def test_nobody_there_counts_as_not_running(stranger: Stranger) -> None:
    runtime = stranger.runtime(over_socket=True)
    stranger.close()
    stranger.path.unlink()
    with pytest.raises(NotRunningError):
        Client(runtime).get("/x")


def test_a_program_that_hangs_is_told_apart_from_none(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It listens, and nobody accepts."""
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.1)
    runtime = stranger.runtime(over_socket=False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(NoAnswerError):
            Client(replace(runtime, port=port)).get("/x")
