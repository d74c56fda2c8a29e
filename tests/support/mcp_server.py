"""A small MCP server over Streamable HTTP that trusts a provider (MCP 2025-06-18, RFC 9728)."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.introspection import Gatekeeper, shown_token

VERSION = "2025-06-18"


@dataclass
class McpPeer:
    """A running server.

    Attributes:
        resource: What it says that it is; None: its own address.
        requests: Method, JSON-RPC method and headers of each request that was let in.
    """

    url: str
    gatekeeper: Gatekeeper
    resource: str | None = None
    sessions: set[str] = field(default_factory=set)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def describe(self) -> dict[str, Any]:
        """Return its protected resource metadata."""
        return {
            "resource": self.resource or self.url,
            "authorization_servers": [self.gatekeeper.issuer],
            "scopes_supported": ["photos"],
            "resource_name": "Sample tools",
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def peer(self) -> McpPeer:
        peer: McpPeer = self.server.peer  # type: ignore[attr-defined]
        return peer

    def do_GET(self) -> None:
        if self.path == "/.well-known/oauth-protected-resource/mcp":
            self._answer(200, json.dumps(self.peer.describe()).encode())
        elif self._admitted(""):
            self._stream([_notice("hello")])

    def do_DELETE(self) -> None:
        if self._admitted(""):
            self.peer.sessions.discard(self.headers.get("Mcp-Session-Id", ""))
            self._answer(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        message = json.loads(body)
        if self._admitted(message.get("method", "")):
            self._serve(message)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _admitted(self, method: str) -> bool:
        _, token = shown_token(self.headers.get("Authorization"))
        if self.peer.gatekeeper.subject(token) is None:
            place = self.peer.url.replace("/mcp", "/.well-known/oauth-protected-resource/mcp")
            challenge = f'Bearer error="invalid_token", resource_metadata="{place}"'
            self._answer(401, b"", {"WWW-Authenticate": challenge})
            return False
        self.peer.requests.append((self.command, method, dict(self.headers)))
        known = self.headers.get("Mcp-Session-Id") in self.peer.sessions
        if method != "initialize" and not known:
            self._answer(404, b"")
            return False
        return True

    def _serve(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self._answer(202, b"")
        elif message["method"] == "initialize":
            session = f"session-{len(self.peer.sessions)}"
            self.peer.sessions.add(session)
            result = {"protocolVersion": VERSION, "capabilities": {}, "serverInfo": {"name": "s"}}
            self._answer(200, _result(message, result), {"Mcp-Session-Id": session})
        else:
            _, token = shown_token(self.headers.get("Authorization"))
            subject = self.peer.gatekeeper.subject(token)
            self._stream([_notice("working"), _result(message, {"whoami": subject})])

    def _stream(self, messages: list[bytes]) -> None:
        events = b"".join(b"event: message\r\ndata: " + each + b"\r\n\r\n" for each in messages)
        self._answer(200, b": comment\r\n\r\n" + events, kind="text/event-stream")

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


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
