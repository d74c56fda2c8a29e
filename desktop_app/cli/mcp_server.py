"""The other end of the bridge: one MCP server over HTTP, and the token that goes to it alone."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop_app.cli.mcp_access import Access

_CONNECT_SECONDS = 30.0
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is; ``target`` is the path with its query."""

    is_secure: bool
    host: str
    port: int | None
    target: str


def place_of(url: str) -> Place:
    """Return what *url* means.

    Raises:
        ValueError: It is no https address, nor http on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it must begin with https://")
    if parts.username is not None or parts.fragment or not url.isprintable() or " " in url:
        raise ValueError("it holds more than a host and a path")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise ValueError("without https a token would be readable on the way")
    query = f"?{parts.query}" if parts.query else ""
    return Place(parts.scheme == "https", parts.hostname, parts.port, (parts.path or "/") + query)


class RefusedError(Exception):
    """The server did not take a request; the message says how it answered."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"the server answered {status} {reason}")
        self.status = status


class McpServer:
    """Sends requests to one place, with a token once it wants one. Redirects are not followed.

    Args:
        place: Where it is.
        access: Gives the tokens.
    """

    def __init__(self, place: Place, access: Access) -> None:
        self._place = place
        self._access = access

    @contextmanager
    def ask(
        self, method: str, headers: dict[str, str], body: bytes | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """Yield the answer; a refused token is replaced on the way.

        Raises:
            ApiError: There is no token to be had.
            NotRunningError: Nor the program that has it.
            OSError: The server can't be reached.
            RefusedError: It answers with an error.
        """
        for left in reversed(range(_TRIES)):
            token = self._access.token()
            connection = self._connection()
            try:
                connection.request(method, self._place.target, body, _with(headers, token))
                answer = connection.getresponse()
                if answer.status == http.client.UNAUTHORIZED and left:
                    self._access.refused(token, answer.getheader("WWW-Authenticate") or "")
                    continue
                if answer.status >= http.client.MULTIPLE_CHOICES:
                    raise RefusedError(answer.status, answer.reason)
                if connection.sock is not None:
                    # It may think for as long as it likes before it says more.
                    connection.sock.settimeout(None)
                yield answer
                return
            finally:
                connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._place.host, self._place.port
        if self._place.is_secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(
                host, port, timeout=_CONNECT_SECONDS, context=context
            )
        return http.client.HTTPConnection(host, port, timeout=_CONNECT_SECONDS)


def _with(headers: dict[str, str], token: str) -> dict[str, str]:
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})
