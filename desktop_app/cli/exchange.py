"""One HTTP exchange over a connected socket.

``http.client`` brings Python's whole e-mail package along, a third of what starting a
command takes.
A command sends one request and ends, so HTTP/1.0 says all there is to say: the answer is never in
chunks, and the program closes the connection behind it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?:[ \r]|$)")
_LENGTH = re.compile(rb"(?i)\r\nContent-Length:[ \t]*(\d+)[ \t]*(?:\r\n|$)")
_TARGET = re.compile(r"/[!-~]*")
_CHUNK = 1 << 16


class BadAnswerError(Exception):
    """What answered speaks no HTTP, or broke off."""


def exchange(
    connection: socket.socket,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
) -> tuple[int, bytes]:
    """Send one request and return the answer's status and body.

    Raises:
        BadAnswerError: If the answer is none.
        OSError: If the connection fails; ``TimeoutError`` if nothing comes.
        ValueError: If *target* holds what would end the request's first line.
    """
    connection.sendall(_request(method, target, headers, body))
    return _answer(_everything(connection))


def _request(method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    if not _TARGET.fullmatch(target):
        raise ValueError("an address holds visible characters alone")
    length = {} if body is None else {"Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in (*headers.items(), *length.items())]
    head = "\r\n".join([f"{method} {target} HTTP/1.0", *lines, "", ""])
    return head.encode("ascii") + (body or b"")


def _everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(_CHUNK), b""))


def _answer(content: bytes) -> tuple[int, bytes]:
    head, end, body = content.partition(b"\r\n\r\n")
    status, length = _STATUS.match(head), _LENGTH.search(head)
    if status is None or not end:
        raise BadAnswerError
    if length is not None and len(body) != int(length[1]):
        raise BadAnswerError
    return int(status[1]), body
