"""An assistant's session with a server that comes and goes: what is sent again, and what isn't."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from desktop_app.cli.client import ApiError
from desktop_app.cli.mcp_bridge import Bridge
from desktop_app.cli.mcp_connection import place_of
from desktop_app.cli.mcp_messages import NoAnswerError
from desktop_app.cli.mcp_requests import Requests
from desktop_app.cli.mcp_server import Line, McpServer, RefusedError
from tests.support.waiting import eventually

OPENING = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "send"}}
OPENED = b'{"jsonrpc": "2.0", "id": 0, "result": {"protocolVersion": "2025-11-25"}}'
DONE = b'{"jsonrpc": "2.0", "id": 1, "result": {}}'
JSON, EVENTS = "application/json", "text/event-stream"


class Free:
    """A server that wants no token."""

    def token(self, *, quietly: bool = False) -> str:
        return ""

    def newest(self) -> str:
        return ""

    def refused(self, token: str, challenge: str, *, quietly: bool = False) -> None:
        raise AssertionError(challenge)

    insufficient = refused


class Script(ThreadingHTTPServer):
    """Answers with what is next in ``answers``: status, session, kind and body."""

    answers: list[tuple[int, str, str, bytes]]
    asked: list[tuple[str, str, str | None]]


class Handler(BaseHTTPRequestHandler):
    server: Script

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        method = json.loads(said)["method"] if said else ""
        self.server.asked.append((self.command, method, self.headers.get("Mcp-Session-Id")))
        status, session, kind, body = self.server.answers.pop(0)
        self.send_response(status)
        if session:
            self.send_header("Mcp-Session-Id", session)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_DELETE = do_POST  # noqa: N815 - the names that the library looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def script() -> Iterator[Script]:
    with Script(("127.0.0.1", 0), Handler) as server:
        server.answers, server.asked = [(200, "a", JSON, OPENED)], []
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def server_of(script: Script) -> McpServer:
    return McpServer(place_of(f"http://127.0.0.1:{script.server_address[1]}/"), Free())


@contextlib.contextmanager
def opened(script: Script) -> Iterator[tuple[Requests, list[Any]]]:
    told: list[Any] = []
    over = threading.Event()
    requests = Requests(server_of(script), lambda body: told.append(json.loads(body)), over)
    requests.carry(OPENING, Line())
    yield requests, told
    over.set()


def test_a_session_that_could_not_begin_anew_is_begun_with_the_next_request(
    script: Script,
) -> None:
    with opened(script) as (requests, told):
        script.answers += [(404, "", JSON, b""), (503, "", JSON, b"")]
        with pytest.raises(RefusedError, match="503"):
            requests.carry(CALL, Line())
        script.answers += [
            (404, "", JSON, b""),
            (200, "b", JSON, OPENED),
            (202, "", JSON, b""),
            (200, "", JSON, DONE),
            (405, "", JSON, b""),
        ]
        # What the server says unasked is listened for at any time after the opening.
        requests._listen = lambda: None  # type: ignore[method-assign]
        requests.carry(CALL, Line())
    assert [each["id"] for each in told] == [0, 1]
    names = [(method, session) for _, method, session in script.asked]
    assert names == [
        ("initialize", None),
        ("tools/call", "a"),
        ("initialize", None),
        ("tools/call", "a"),
        ("initialize", None),
        ("notifications/initialized", "b"),
        ("tools/call", "b"),
    ]


def test_a_question_that_the_server_had_is_not_put_a_second_time(script: Script) -> None:
    """A server that forgot its session under way may have done what was asked."""
    with opened(script) as (requests, _):
        script.answers += [
            (200, "", EVENTS, b"retry: 100\nid: 1\ndata:\n\n"),
            (404, "", JSON, b""),
        ]
        with pytest.raises(NoAnswerError, match=r"broke off.* 404"):
            requests.carry(CALL, Line())
    assert [method for _, method, _ in script.asked] == ["initialize", "tools/call", ""]


@pytest.mark.parametrize(
    "body", [b'{"jsonrpc": "2.0", "id": [], "result": {}}', b"[" * 200_000], ids=["id", "depth"]
)
def test_whatever_a_server_answers_the_assistant_hears_of_it(script: Script, body: bytes) -> None:
    script.answers += [(200, "", JSON, body), (200, "", JSON, b"")]
    said = b"".join(json.dumps(each).encode() + b"\n" for each in (OPENING, CALL))
    with tempfile.TemporaryFile() as heard:
        Bridge(server_of(script), io.BytesIO(said), heard).run()
        heard.seek(0)
        last = json.loads(heard.read().splitlines()[-1])
    assert (last["id"], last["error"]["code"]) == (1, -32000)


def test_an_assistant_that_leaves_has_nobody_asked_for_a_token(script: Script) -> None:
    """Its session is ended with the token that is there, as good as it is, and only once."""
    with opened(script) as (requests, _told):
        script.answers += [(401, "", JSON, b"")]
        requests._server._tokens = Over()
        requests.end()
    assert script.asked[-1] == ("DELETE", "", "a")
    assert script.answers == []


class Over(Free):
    """The token's time has passed."""

    def token(self, *, quietly: bool = False) -> str:
        raise AssertionError("the person would be asked")


class Lapsed(Free):
    """The token's time has passed until a call brings another."""

    def __init__(self) -> None:
        self.current = ""
        self.missed = threading.Event()

    def token(self, *, quietly: bool = False) -> str:
        if quietly and not self.current:
            self.missed.set()
            raise ApiError({"error": "approval_required"})
        return self.current

    def newest(self) -> str:
        return self.current


def test_listening_asks_nobody_and_goes_on_once_there_is_a_token(script: Script) -> None:
    with opened(script) as (requests, told):
        tokens = requests._server._tokens = Lapsed()
        script.answers += [(202, "", JSON, b""), (200, "", EVENTS, b'data: {"id": 5}\n\n')]
        script.answers += [(405, "", JSON, b"")]
        requests.carry({"jsonrpc": "2.0", "method": "notifications/initialized"}, Line())
        assert tokens.missed.wait(60)
        assert [command for command, _, _ in script.asked] == ["POST", "POST"]
        tokens.current = "new"
        eventually(lambda: {"id": 5} in told)
        eventually(lambda: not script.answers)
