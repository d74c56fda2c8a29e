"""A small MCP server over Streamable HTTP that trusts a provider (MCP 2025-11-25, RFC 9728)."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.introspection import Gatekeeper, shown_token

VERSION = "2025-11-25"
_DESCRIPTION = "/.well-known/oauth-protected-resource/mcp"


@dataclass
class McpPeer:
    """A running server.

    Attributes:
        resource: What it says that it is; None: its own address.
        broken: How many streams shall still break off before the answer.
        begun: Set when an endless stream began; ``hung_up``: when nobody reads it any more.
        requests: Method, JSON-RPC method and headers of each request that was let in.
    """

    url: str
    gatekeeper: Gatekeeper
    resource: str | None = None
    broken: int = 0
    sessions: set[str] = field(default_factory=set)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    opened: int = 0

    def describe(self) -> dict[str, Any]:
        """Return its protected resource metadata."""
        return {
            "resource": self.resource or self.url,
            "authorization_servers": [self.gatekeeper.issuer],
            "scopes_supported": ["photos"],
            "resource_name": "Sample tools",
        }

    def headers_of(self, method: str) -> dict[str, str]:
        """Return the headers of the last request with the JSON-RPC *method*."""
        return next(headers for _, name, headers in reversed(self.requests) if name == method)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def peer(self) -> McpPeer:
        peer: McpPeer = self.server.peer  # type: ignore[attr-defined]
        return peer

    def do_GET(self) -> None:
        if self.path == _DESCRIPTION:
            self._answer(200, json.dumps(self.peer.describe()).encode())
        elif self.path == "/mcp" and self._admitted(""):
            self._go_on(self.headers.get("Last-Event-ID", ""))
        elif self.path != "/mcp":
            self._answer(404, b"")

    def do_DELETE(self) -> None:
        if self._admitted(""):
            self.peer.sessions.discard(self.headers.get("Mcp-Session-Id", ""))
            self._answer(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        message = json.loads(body)
        if self.path == "/moved":
            self._answer(307, b"", {"Location": "/mcp"})
        elif self.path == "/away":
            self._answer(307, b"", {"Location": "https://evil.example/mcp"})
        elif self._admitted(message.get("method", ""), message.get("params")):
            self._serve(message)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _admitted(self, method: str, parameters: dict[str, Any] | None = None) -> bool:
        _, token = shown_token(self.headers.get("Authorization"))
        place = self.peer.url.replace("/mcp", _DESCRIPTION)
        if self.peer.gatekeeper.subject(token) is None:
            self._challenge(401, f'Bearer error="invalid_token", resource_metadata="{place}"')
            return False
        if method == "more" and "print" not in self.peer.gatekeeper.scopes(token):
            missing = 'error="insufficient_scope", scope="photos print"'
            self._challenge(403, f'Bearer {missing}, resource_metadata="{place}"')
            return False
        self.peer.requests.append((self.command, method, dict(self.headers)))
        known = self.headers.get("Mcp-Session-Id") in self.peer.sessions
        if method != "initialize" and not known and "_meta" not in (parameters or {}):
            self._answer(404, b"")
            return False
        return True

    def _challenge(self, status: int, challenge: str) -> None:
        self._answer(status, b"", {"WWW-Authenticate": challenge})

    def _serve(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self._answer(202, b"")
        elif message["method"] == "initialize":
            self._open(message)
        else:
            special = getattr(self, f"_{message['method'].replace('/', '_')}", self._stream_answer)
            special(message)

    def _open(self, message: dict[str, Any]) -> None:
        self.peer.opened += 1
        session = f"session-{self.peer.opened}"
        self.peer.sessions.add(session)
        result = {"protocolVersion": VERSION, "capabilities": {}, "serverInfo": {"name": "s"}}
        self._answer(200, _result(message, result), {"Mcp-Session-Id": session})

    def _stream_answer(self, message: dict[str, Any]) -> None:
        _, token = shown_token(self.headers.get("Authorization"))
        subject = self.peer.gatekeeper.subject(token)
        self._stream([_event(_notice("working")), _event(_result(message, {"whoami": subject}))])

    def _plain(self, message: dict[str, Any]) -> None:
        answer = {"jsonrpc": "2.0", "id": message["id"], "result": {"text": "two\nlines"}}
        self._answer(200, json.dumps(answer, indent=2).encode())

    def _array(self, message: dict[str, Any]) -> None:
        self._answer(200, b"[" + _notice("first") + b"," + _result(message, {}) + b"]")

    def _large(self, message: dict[str, Any]) -> None:
        self._stream([_event(_result(message, {"text": "ü" * message["params"]["size"]}))])

    def _page(self, _: dict[str, Any]) -> None:
        self._answer(200, b"<html>", kind="text/html")

    def _nothing(self, _: dict[str, Any]) -> None:
        self._answer(202, b"")

    def _refuse(self, _: dict[str, Any]) -> None:
        error = {"code": -32602, "message": "Not so.", "data": {"why": "test"}}
        self._answer(400, json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode())

    def _lost(self, _: dict[str, Any]) -> None:
        self._stream([_event(_notice("working"))])

    def _cut(self, _: dict[str, Any]) -> None:
        self._head(200, "text/event-stream", {"Content-Length": "1000"})
        self.wfile.write(_event(_notice("cut"))[:-4])
        self.close_connection = True

    def _resumed(self, message: dict[str, Any]) -> None:
        """Break off after an event that can be gone on from, before the answer."""
        self.peer.broken = 2
        self._stream([b"retry: 10\r\nid: p1/" + str(message["id"]).encode() + b"\r\ndata:\r\n\r\n"])

    def _endless(self, message: dict[str, Any]) -> None:
        self._head(200, "text/event-stream", {"Connection": "close"})
        self.wfile.write(_event(_notice("endless")))
        self.peer.begun.set()
        self.connection.settimeout(120)
        if self.connection.recv(1) == b"":
            self.peer.hung_up.set()
        self.close_connection = True

    def _tools_list(self, message: dict[str, Any]) -> None:
        inner = {
            "type": "object",
            "properties": {"day": {"type": "integer", "x-mcp-header": "Day"}},
        }
        place = {"type": "string", "x-mcp-header": "Place"}
        schema = {"type": "object", "properties": {"place": place, "when": inner}}
        self._answer(200, _result(message, {"tools": [{"name": "grüße", "inputSchema": schema}]}))

    def _go_on(self, last: str) -> None:
        """Answer a GET: behind *last*, or what is said unasked."""
        if not last:
            self._stream([b"id: hello\r\n" + _event(_notice("hello"))])
        elif last == "hello":
            self._answer(405, b"")
        elif self.peer.broken:
            self.peer.broken -= 1
            self._stream([b"id: " + last.encode() + b"x\r\n" + _event(_notice("still working"))])
        else:
            number = int(last.partition("/")[2].rstrip("x"))
            self._stream([_event(_result({"id": number}, {"after": last}))])

    def _stream(self, events: list[bytes]) -> None:
        self._answer(200, b": comment\r\n\r\n" + b"".join(events), kind="text/event-stream")

    def _head(self, status: int, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        self._head(status, kind, {**(headers or {}), "Content-Length": str(len(body))})
        self.wfile.write(body)


def _event(message: bytes) -> bytes:
    return b"event: message\r\ndata: " + message + b"\r\n\r\n"


def _notice(text: str) -> bytes:
    params = {"level": "info", "data": text}
    return json.dumps(
        {"jsonrpc": "2.0", "method": "notifications/message", "params": params}
    ).encode()


def _result(message: dict[str, Any], result: dict[str, Any]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()


@contextlib.contextmanager
def running_mcp_server(issuer: str) -> Iterator[McpPeer]:
    """Serve until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    peer = McpPeer(f"http://127.0.0.1:{server.server_address[1]}/mcp", Gatekeeper(issuer))
    server.peer = peer  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
