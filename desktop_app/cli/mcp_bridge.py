"""The assistant's end of the bridge: its messages, a line each, and what it hears."""

from __future__ import annotations

import json
import select
import sys
import threading
from dataclasses import dataclass
from typing import IO, Any

from desktop_app.cli.mcp_messages import (
    NOT_JSON,
    TROUBLE,
    NoAnswerError,
    failure,
    method_of,
    questions_in,
    reason,
)
from desktop_app.cli.mcp_requests import Requests
from desktop_app.cli.mcp_server import Line, McpServer
from desktop_app.cli.mcp_session import own_version

_FAREWELL_SECONDS = 5.0
_LOOK_SECONDS = 1.0
_NO_JSON = {"code": NOT_JSON, "message": "That is not JSON."}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question under way; ``is_modern``: its end is told by hanging up."""

    line: Line
    thread: threading.Thread
    is_modern: bool


class Bridge:
    """One assistant, whose messages go to one server.

    Args:
        server: The server.
        incoming: What the assistant says, a message a line.
        outgoing: Where it hears the answers; without a buffer, which would have to be emptied
            before the interpreter can end.
    """

    def __init__(self, server: McpServer, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._writing = threading.Lock()
        self._over = threading.Event()
        self._requests = Requests(server, self._write, self._over)
        self._asked: dict[Any, _Asked] = {}

    def run(self) -> None:
        """Carry messages until the assistant closes its end and everything is answered.

        An assistant that crashed leaves nobody who could read an answer, so none is waited for.

        Source: MCP 2025-11-25 and 2026-07-28, "Transports", "stdio".
        """
        try:
            for line in self._incoming:
                if line.strip():
                    self._hear(line)
            for asked in list(self._asked.values()):
                while asked.thread.is_alive() and _is_read(self._outgoing):
                    asked.thread.join(_LOOK_SECONDS)
        finally:
            self._end()

    def _hear(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            self._write(failure(None, _NO_JSON))
            return
        questions = questions_in(message)
        if questions and method_of(message) != "initialize":
            # Each waits for its own answer; a slow one must not hold up the others.
            self._ask(message, questions)
        elif method_of(message) != "notifications/cancelled" or not self._gave_up(message):
            # The session must be open, and an answer gone, before anything else is sent.
            self._carry(message, Line())

    def _ask(self, message: Any, questions: set[Any]) -> None:
        line = Line()
        work = threading.Thread(target=self._carry, args=(message, line), daemon=True)
        asked = _Asked(line, work, bool(own_version(message)))
        self._asked = {key: each for key, each in self._asked.items() if each.thread.is_alive()}
        self._asked |= dict.fromkeys(questions, asked)
        work.start()

    def _gave_up(self, message: Any) -> bool:
        """Take notice that nobody waits any more; return whether the server knows by that.

        Source: MCP 2026-07-28, "Cancellation"; before, the server has to be told.
        """
        parameters = message.get("params")
        named = parameters.get("requestId") if isinstance(parameters, dict) else None
        asked = self._asked.pop(named, None) if isinstance(named, (str, int, float)) else None
        if asked is None or not asked.is_modern:
            return bool(own_version(message))
        asked.line.hang_up()
        return True

    def _carry(self, message: Any, line: Line) -> None:
        try:
            self._requests.carry(message, line)
        except TROUBLE as error:
            if not line.hung_up:
                self._tell_of(error, message)
        except Exception as error:  # noqa: BLE001 - whatever a server says, who asked must hear
            # Its own words may hold what was sent, a token too.
            kind = type(error).__name__
            self._tell_of(NoAnswerError(f"the answer could not be carried ({kind})"), message)

    def _tell_of(self, error: BaseException, message: Any) -> None:
        """Whoever asked has to hear that nothing comes; a notification has nobody."""
        questions = questions_in(message)
        for each in questions:
            self._write(failure(each, error))
        if not questions:
            print(f"coatcheck: {reason(error)}", file=sys.stderr, flush=True)

    def _write(self, message: bytes) -> None:
        with self._writing:
            if self._over.is_set():
                return
            try:
                # A line end within a message is one between its words: JSON escapes others.
                self._write_all(b" ".join(message.splitlines()) + b"\n")
            except OSError:
                # Nobody listens any more; that nobody speaks either is heard next.
                self._over.set()

    def _write_all(self, line: bytes) -> None:
        left = memoryview(line)
        while left:
            left = left[self._outgoing.write(left) or 0 :]

    def _end(self) -> None:
        """Write no more, after what is being written; an assistant that does not read gets none."""
        is_whole = self._writing.acquire(timeout=_LOOK_SECONDS)
        self._over.set()
        if is_whole:
            self._writing.release()
        farewell = threading.Thread(target=self._requests.end, daemon=True)
        farewell.start()
        farewell.join(_FAREWELL_SECONDS)


def _is_read(outgoing: IO[bytes]) -> bool:
    """Say whether anybody may still read *outgoing*; Windows can't tell."""
    if sys.platform == "win32":
        return True
    poll = select.poll()
    # That the other end has gone is told whatever is asked for.
    poll.register(outgoing, 0)
    return not poll.poll(0)
