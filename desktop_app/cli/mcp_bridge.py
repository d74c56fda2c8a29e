"""Carries an assistant's JSON-RPC messages to an MCP server and its answers back."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterable, Iterator
from typing import IO, Any

from desktop_app.cli.client import ApiError, NotRunningError
from desktop_app.cli.mcp_server import McpServer, RefusedError
from desktop_app.cli.running import StartFailedError

_BOTH = "application/json, text/event-stream"
_EVENTS = "text/event-stream"
# JSON-RPC 2.0 section 5.1 leaves these numbers to implementations.
_FAILED = -32000
_NOT_JSON = -32700
_TROUBLE = (
    *(ApiError, NotRunningError, StartFailedError, RefusedError),
    *(OSError, http.client.HTTPException),
)


class Bridge:
    """One assistant's session with one server.

    Args:
        server: The server.
        incoming: What the assistant says, a message a line.
        outgoing: Where it hears the answers.
    """

    def __init__(self, server: McpServer, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._server = server
        self._incoming = incoming
        self._outgoing = outgoing
        self._writing = threading.Lock()
        self._session = ""
        self._version = ""

    def run(self) -> None:
        """Carry messages until the assistant closes its end.

        Source: MCP 2025-06-18, "Transports", "stdio" and "Streamable HTTP".
        """
        threads: list[threading.Thread] = []
        for line in self._incoming:
            message = self._read(line)
            if message is None:
                continue
            if _is_question(message):
                # Each waits for its own answer; a slow one must not hold up the others.
                threads.append(_in_thread(self._carry, message))
            else:
                self._carry(message)
            threads = [each for each in threads if each.is_alive()]
        for each in threads:
            each.join()
        self._end()

    def _read(self, line: bytes) -> Any:
        if not line.strip():
            return None
        try:
            return json.loads(line)
        except ValueError:
            self._write(_failure(None, _NOT_JSON, "That is not JSON."))
            return None

    def _carry(self, message: Any) -> None:
        try:
            body = json.dumps(message).encode()
            with self._server.ask("POST", self._headers(_BOTH), body) as answer:
                for each in _messages(answer):
                    self._take(message, answer, each)
        except _TROUBLE as error:
            self._tell(message, error)
            return
        if _method(message) == "notifications/initialized":
            _in_thread(self._listen)

    def _take(self, message: Any, answer: http.client.HTTPResponse, each: bytes) -> None:
        if _method(message) == "initialize":
            self._session = answer.getheader("Mcp-Session-Id") or ""
            self._version = _version(each) or self._version
        self._write(each)

    def _listen(self) -> None:
        """Hear what the server says unasked, where it offers that."""
        try:
            with self._server.ask("GET", self._headers(_EVENTS)) as answer:
                for each in _messages(answer):
                    self._write(each)
        except _TROUBLE:
            # 405 says that it has nothing to say; a stream that breaks off is no answer's end.
            return

    def _end(self) -> None:
        if not self._session:
            return
        try:
            with self._server.ask("DELETE", self._headers(_BOTH)):
                return
        except _TROUBLE:
            # A server may refuse to end a session; it forgets it by itself.
            return

    def _headers(self, accept: str) -> dict[str, str]:
        headers = {"Accept": accept, "Content-Type": "application/json"}
        if self._session:
            headers["Mcp-Session-Id"] = self._session
        if self._version:
            headers["MCP-Protocol-Version"] = self._version
        return headers

    def _tell(self, message: Any, error: BaseException) -> None:
        """An assistant that asked has to hear that nothing comes; a notification has nobody."""
        if isinstance(error, RefusedError) and error.status == http.client.NOT_FOUND:
            self._session = ""
        for each in message if isinstance(message, list) else [message]:
            if isinstance(each, dict) and "id" in each and "method" in each:
                self._write(_failure(each["id"], _FAILED, _reason(error)))

    def _write(self, message: bytes) -> None:
        with self._writing:
            self._outgoing.write(message.replace(b"\r", b"").replace(b"\n", b" ") + b"\n")
            self._outgoing.flush()


def _messages(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    kind = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if kind == _EVENTS:
        yield from _event_data(iter(answer.readline, b""))
    elif body := answer.read().strip():
        yield body


def _event_data(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Source: HTML, "Server-sent events", "Interpreting an event stream"."""
    data: list[bytes] = []
    for line in (each.rstrip(b"\r\n") for each in lines):
        if not line:
            if any(data):
                yield b"\n".join(data)
            data = []
        elif line.startswith(b"data:"):
            data.append(line.removeprefix(b"data:").removeprefix(b" "))


def _is_question(message: Any) -> bool:
    """Whether an answer comes; the first one must be there before anything else is sent."""
    asks = isinstance(message, dict) and "id" in message and "method" in message
    return asks and _method(message) != "initialize"


def _method(message: Any) -> str:
    return str(message.get("method", "")) if isinstance(message, dict) else ""


def _version(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["result"]["protocolVersion"])
    except (ValueError, KeyError, TypeError):
        return ""


def _failure(message_id: Any, code: int, text: str) -> bytes:
    error = {"code": code, "message": text}
    return json.dumps({"jsonrpc": "2.0", "id": message_id, "error": error}).encode()


def _reason(error: BaseException) -> str:
    if isinstance(error, NotRunningError):
        return "Coatcheck is not running. Start it, then try again."
    return str(error) or type(error).__name__


def _in_thread(work: Any, *arguments: Any) -> threading.Thread:
    # The assistant's end ends the bridge, whatever still waits.
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread
