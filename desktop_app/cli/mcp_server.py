"""The other end of the bridge: one MCP server over HTTP, and the token that goes to it alone."""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol
from urllib.parse import urljoin

from desktop_app.cli.mcp_connection import Place, Way, connect, place_of

_TRIES = 4
_SAME_REQUEST_ELSEWHERE = frozenset({307, 308})
_MOST_TOLD = 1 << 20


class Tokens(Protocol):
    """Where tokens for the server come from; *quietly*: without asking the person."""

    def token(self, *, quietly: bool = False) -> str:
        """Return one that is still good, or "" while none was needed."""

    def newest(self) -> str:
        """Return the last one, good or not; nobody is asked for it."""

    def refused(self, token: str, challenge: str, *, quietly: bool = False) -> None:
        """Get another: the server refused *token*, or did not know it."""

    def insufficient(self, token: str, challenge: str, *, quietly: bool = False) -> None:
        """Get one that allows more: the server says that *token* does not allow this."""


class RefusedError(Exception):
    """The server did not take a request; the message says how it answered.

    Attributes:
        body: What it said of that, for programs.
    """

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        super().__init__(f"the server answered {answer.status} {answer.reason}")
        self.status = answer.status
        self.body = b""
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.body = answer.read(_MOST_TOLD)


class Line:
    """A request under way, which somebody else may end."""

    def __init__(self) -> None:
        self.hung_up = False
        self._socket: socket.socket | None = None

    def use(self, connection: http.client.HTTPConnection) -> None:
        """Let it go over *connection*, which is open."""
        # The connection lets go of it where the answer is the last one over it.
        self._socket = connection.sock
        if self.hung_up:
            self.hang_up()

    def hang_up(self) -> None:
        """End it: whoever reads finds the end."""
        self.hung_up = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Below TLS, whose own way would pull the reader's state from under it.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class McpServer:
    """Sends requests to one place, with a token once it wants one.

    Redirects are followed within the server, since the token is for all of it; no further.

    Args:
        place: Where it is.
        tokens: Gives the tokens.
        way: Tells how to get to a place; the environment does without it.
    """

    def __init__(
        self, place: Place, tokens: Tokens, way: Callable[[Place], Way] = lambda _: Way()
    ) -> None:
        self._place = place
        self._tokens = tokens
        self._way = way

    @contextmanager
    def ask(
        self,
        method: str,
        headers: Mapping[str, str | bytes],
        body: bytes | None = None,
        line: Line | None = None,
        *,
        quietly: bool = False,
    ) -> Iterator[http.client.HTTPResponse]:
        """Yield the answer; a refused token is replaced on the way, *quietly* if nobody waits.

        Raises:
            ApiError: There is no token to be had.
            NotRunningError: Nor the program that has it.
            OSError: The server can't be reached.
            RefusedError: It answers with an error, or that it is elsewhere.
        """
        for left in reversed(range(_TRIES)):
            token = self._tokens.token(quietly=quietly)
            with contextlib.closing(self._connected()) as connection:
                (line or Line()).use(connection)
                connection.request(method, self._place.target, body, _with(headers, token))
                answer = connection.getresponse()
                again = left and (
                    self._moved(answer) or self._may_ask_again(answer, token, quietly=quietly)
                )
                if not again:
                    if answer.status >= http.client.MULTIPLE_CHOICES:
                        raise RefusedError(answer)
                    yield answer
                    return

    def tell(self, method: str, headers: Mapping[str, str | bytes]) -> None:
        """Send what may also stay unheard: once, with the newest token as it is.

        Raises:
            OSError: The server can't be reached.
            HTTPException: It answers something else than HTTP.
        """
        with contextlib.closing(self._connected()) as connection:
            token = self._tokens.newest()
            connection.request(method, self._place.target, headers=_with(headers, token))
            connection.getresponse()

    def _moved(self, answer: http.client.HTTPResponse) -> bool:
        """Go where the server says, if it is here too: many add a slash at the end."""
        if answer.status not in _SAME_REQUEST_ELSEWHERE:
            return False
        try:
            place = place_of(urljoin(self._place.url, answer.getheader("Location") or ""))
        except ValueError:
            return False
        if replace(place, target="") != replace(self._place, target=""):
            return False
        self._place = place
        return True

    def _connected(self) -> http.client.HTTPConnection:
        return connect(self._place, self._way(self._place))

    def newest_token(self) -> str:
        """Return the token that was used last."""
        return self._tokens.newest()

    def _may_ask_again(
        self, answer: http.client.HTTPResponse, token: str, *, quietly: bool
    ) -> bool:
        """Get a better token if that is what is wrong."""
        challenge = ", ".join(answer.headers.get_all("WWW-Authenticate") or ())
        if answer.status == http.client.UNAUTHORIZED:
            self._tokens.refused(token, challenge, quietly=quietly)
            return True
        if answer.status == http.client.FORBIDDEN and "insufficient_scope" in challenge:
            self._tokens.insufficient(token, challenge, quietly=quietly)
            return True
        return False


def _with(headers: Mapping[str, str | bytes], token: str) -> dict[str, str | bytes]:
    return {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
