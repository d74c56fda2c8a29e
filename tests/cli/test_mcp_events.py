"""Streams of events, as the standard reads them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from desktop_app.cli.mcp_events import EventStream


def read(stream: EventStream, text: bytes) -> list[bytes]:
    answer: Any = io.BytesIO(text)
    return list(stream.read(answer))


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (b": hi\n\ndata: {\r\ndata:}\r\n\r\ndata: x\n", [b"{\n}"]),
        (b"\xef\xbb\xbfdata: x\n\n", [b"x"]),
        (b"event: message\ndata: x\n\nevent: ping\ndata: y\n\ndata: z\n\n", [b"x", b"z"]),
        (b"data: x\rid: y\r\n\ndata: z\r\r\n", [b"x", b"z"]),
        (b"data\n\ndata:\n\n", []),
        (b"datax: y\n\nfoo\ndata:  two\n\n", [b" two"]),
        (b"", []),
    ],
)
def test_events_are_read_as_the_standard_says(text: bytes, messages: list[bytes]) -> None:
    """HTML, “Interpreting an event stream”."""
    assert read(EventStream(), text) == messages


def test_a_stream_is_gone_on_with_behind_its_last_whole_event() -> None:
    stream = EventStream()
    assert stream.headers() == {"Accept": b"text/event-stream"}
    read(stream, b"id: 1\nretry: 250\ndata: a\n\nid: 2\ndata: b\n")
    assert stream.headers()["Last-Event-ID"] == b"1"
    assert stream.pause == 0.25
    read(stream, b"id: 2\ndata: b\n\nid: a\0b\n\nretry: soon\n\nretry: 99999999\n\n")
    assert stream.headers()["Last-Event-ID"] == b"2"
    assert stream.pause == 60, "nobody is made to wait for ever"


@pytest.mark.parametrize(
    ("said", "pause"), [(b"0", 0.1), (b"10", 0.1), (b"1500", 1.5), (b"9" * 5000, 60)]
)
def test_no_server_makes_us_hurry_without_end(said: bytes, pause: float) -> None:
    stream = EventStream()
    read(stream, b"retry: " + said + b"\n\n")
    assert stream.pause == pause


def test_an_event_that_only_says_where_it_is_counts() -> None:
    stream = EventStream()
    assert read(stream, b"id: begin\ndata:\n\n") == []
    assert stream.last_id == b"begin"
