"""A server's stream of events, and where one would go on after a break."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

EVENTS = "text/event-stream"

_USUAL_PAUSE = 1.0
# A server that says 0 is not asked again without end.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 60.0
_MOST_DIGITS = 9
_MESSAGE = b"message"


class EventStream:
    """One stream, over as many connections as it takes.

    Attributes:
        last_id: The last event's id, with which the server goes on behind it; b"" for none.
        pause: Seconds to wait before coming back.
    """

    def __init__(self) -> None:
        self.last_id = b""
        self.pause = _USUAL_PAUSE
        self._next_id = b""

    def headers(self) -> dict[str, bytes]:
        """Return the headers that ask for what comes behind the last event."""
        accept = {"Accept": EVENTS.encode()}
        return accept | ({"Last-Event-ID": self.last_id} if self.last_id else {})

    def read(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        """Yield the messages in *answer*, until it ends or breaks off.

        Source: HTML, "Server-sent events", "Interpreting an event stream".
        """
        kind, data, self._next_id = _MESSAGE, list[bytes](), self.last_id
        for line in _lines(answer):
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if not line:
                # Only now: an event of which half came is asked for again.
                self.last_id = self._next_id
                if any(data) and kind == _MESSAGE:
                    yield b"\n".join(data)
                kind, data = _MESSAGE, []
            elif name == b"data":
                data.append(value)
            elif name == b"event":
                kind = value or _MESSAGE
            else:
                self._note(name, value)

    def _note(self, name: bytes, value: bytes) -> None:
        if name == b"id" and b"\0" not in value:
            self._next_id = value
        elif name == b"retry" and value.isdigit():
            seconds = int(value[:_MOST_DIGITS]) / 1000
            self.pause = min(max(seconds, _SHORTEST_PAUSE), _LONGEST_PAUSE)


def _lines(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield the lines of *answer*; a connection that breaks is the end, as a close is."""
    first = True
    while True:
        try:
            line = answer.readline()
        except (OSError, http.client.HTTPException):
            return
        if not line:
            return
        # A line may end in a carriage return alone, too.
        yield from line.removeprefix(b"\xef\xbb\xbf" if first else b"").splitlines()
        first = False
