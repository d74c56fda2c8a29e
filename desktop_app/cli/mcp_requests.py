"""One assistant's requests to an MCP server: sent, answered, and gone on with after a break."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from desktop_app.cli.client import ApiError, NotRunningError
from desktop_app.cli.mcp_events import EVENTS, EventStream
from desktop_app.cli.mcp_messages import (
    TROUBLE,
    NoAnswerError,
    method_of,
    questions_in,
    read_messages,
)
from desktop_app.cli.mcp_server import Line, McpServer, RefusedError
from desktop_app.cli.mcp_session import Session

_BROKEN = (OSError, http.client.HTTPException)
_TRIES = 5
_LONGEST_PAUSE = 30.0
# A connection that was there for so long was worth having.
_LASTED_SECONDS = 10.0
_SERVERS_FAULT = 500
_LOOK_SECONDS = 1.0
_BROKE_OFF = "the server broke off before it answered"
_READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}


class Requests:
    """Everything that goes to the server, in the assistant's session with it.

    Args:
        server: The server.
        tell: Tells the assistant a message.
        over: Set when the assistant has gone.
    """

    def __init__(
        self, server: McpServer, tell: Callable[[bytes], None], over: threading.Event
    ) -> None:
        self._server = server
        self._tell = tell
        self._over = over
        self._session = Session()
        self._renewing = threading.Lock()

    def carry(self, message: Any, line: Line) -> None:
        """Send *message* and tell every answer; a session that the server forgot begins anew.

        Raises:
            Exception: One of `TROUBLE`.

        Source: MCP 2025-11-25, "Sending Messages to the Server" and "Session Management".
        """
        if method_of(message) == "initialize":
            self._session.open(message)
        before = self._session.number
        try:
            self._send(message, line, self._tell)
        except RefusedError as error:
            forgotten = error.status == http.client.NOT_FOUND and self._session.id
            if not forgotten or method_of(message) == "initialize":
                raise
            self._begin_anew(before)
            self._send(message, line, self._tell)
        if method_of(message) == _READY["method"]:
            self._listen()

    def end(self) -> None:
        """Tell the server that the session is over; it may refuse, and forgets it by itself.

        The assistant has left: the person is asked for nothing any more.
        """
        if self._session.id:
            with contextlib.suppress(*TROUBLE):
                self._server.tell("DELETE", self._session.headers())

    def _send(self, message: Any, line: Line, tell: Callable[[bytes], None]) -> None:
        open_questions, stream = questions_in(message), EventStream()

        def take(answer: http.client.HTTPResponse) -> None:
            for each in _bodies(answer, stream):
                for found, body in read_messages(each, batch=isinstance(message, list)):
                    self._note(message, found, answer)
                    tell(_answering(found, body, open_questions))
                if questions_in(message) and not open_questions:
                    return

        headers = self._session.headers(message)
        with self._server.ask("POST", headers, json.dumps(message).encode(), line) as answer:
            take(answer)
        self._go_on(stream, open_questions, line, take)

    def _go_on(
        self,
        stream: EventStream,
        open_questions: set[Any],
        line: Line,
        take: Callable[[http.client.HTTPResponse], None],
    ) -> None:
        """Ask for the rest of a stream that ended before the answer, if it can be asked for.

        Raises:
            NoAnswerError: It can't, or nobody is there any more.

        Source: MCP 2025-11-25, "Resumability and Redelivery".
        """
        left = _TRIES
        while open_questions and not line.hung_up:
            if not stream.last_id or not left:
                raise NoAnswerError(_BROKE_OFF)
            self._over.wait(stream.pause)
            try:
                with self._server.ask("GET", self._listening(stream), line=line) as answer:
                    left = _TRIES
                    take(answer)
            except RefusedError as error:
                # It had the question: whoever asked may ask again, what was done can't be undone.
                raise NoAnswerError(f"{_BROKE_OFF}; {error}") from error
            except _BROKEN:
                left -= 1

    def _listening(self, stream: EventStream) -> Mapping[str, str | bytes]:
        return {**self._session.headers(), **stream.headers()}

    def _note(self, message: Any, found: Any, answer: http.client.HTTPResponse) -> None:
        """Keep what later requests need to say."""
        result = found.get("result") if isinstance(found, dict) else None
        if not isinstance(result, dict):
            return
        if method_of(message) == "initialize":
            self._session.opened(answer.getheader("Mcp-Session-Id"), result.get("protocolVersion"))
        elif method_of(message) == "tools/list":
            self._session.learn(result.get("tools"))

    def _begin_anew(self, before: int) -> None:
        """Open another session as the assistant opened its own; it need not know.

        Raises:
            RefusedError: The server does not want to.
        """
        with self._renewing:
            if self._session.number != before or self._session.opening is None:
                # Somebody else was quicker.
                return
            # The assistant has had the answer to that.
            self._send(self._session.opening, Line(), lambda _: None)
            self._send(_READY, Line(), self._tell)
            self._listen()

    def _listen(self) -> None:
        threading.Thread(target=self._hear, args=(self._session.number,), daemon=True).start()

    def _hear(self, session: int) -> None:
        """Tell what the server says unasked, where it offers that, until the session is over.

        Source: MCP 2025-11-25, "Listening for Messages from the Server".
        """
        stream, pause = EventStream(), 0.0
        while not self._over.wait(pause) and self._session.number == session:
            began, heard = time.monotonic(), stream.last_id
            if not self._heard(stream):
                return
            fruitful = stream.last_id != heard or time.monotonic() - began > _LASTED_SECONDS
            pause = stream.pause if fruitful or not pause else min(pause * 2, _LONGEST_PAUSE)

    def _heard(self, stream: EventStream) -> bool:
        """Listen until the connection ends; return whether it is worth coming back."""
        before = self._server.newest_token()
        try:
            with self._server.ask("GET", self._listening(stream), quietly=True) as answer:
                if not _is_stream(answer):
                    return False
                for each in stream.read(answer):
                    for _, body in read_messages(each):
                        self._tell(body)
        except RefusedError as error:
            # 405 says that it has nothing to say.
            return error.status >= _SERVERS_FAULT
        except _BROKEN:
            return True
        except (ApiError, NotRunningError):
            return self._waited_for_another(before)
        except TROUBLE:
            return False
        return True

    def _waited_for_another(self, before: str) -> bool:
        """Wait until a call of the assistant's brought a token: listening asks nobody for one."""
        while self._server.newest_token() == before:
            if self._over.wait(_LOOK_SECONDS):
                return False
        return True


def _is_stream(answer: http.client.HTTPResponse) -> bool:
    kind = (answer.getheader("Content-Type") or "").partition(";")[0]
    return kind.strip().lower() == EVENTS


def _bodies(answer: http.client.HTTPResponse, stream: EventStream) -> Iterator[bytes]:
    if _is_stream(answer):
        yield from stream.read(answer)
    elif body := answer.read().strip():
        yield body


def _answering(found: Any, body: bytes, open_questions: set[Any]) -> bytes:
    """Return how *found*, which came as *body*, is told, after crossing out what it answers."""
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, dict) and "method" not in each:
            if each.get("id") is None and len(open_questions) == 1:
                # Refused before its id was read; whoever asked has to hear of it.
                each["id"], body = open_questions.pop(), b""
            open_questions.discard(each.get("id"))
    return body or json.dumps(found).encode()
