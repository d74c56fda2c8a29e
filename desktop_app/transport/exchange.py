"""One HTTP exchange with Tornado's ``AsyncHTTPClient``: bounded in time and in size."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import HTTPError, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPInputError
from tornado.iostream import StreamBufferFullError, StreamClosedError, UnsatisfiableReadError
from tornado.simple_httpclient import HTTPTimeoutError, SimpleAsyncHTTPClient

from desktop_app.oauth.http import HttpRequest as Request
from desktop_app.oauth.http import HttpResponse as Response
from desktop_app.services.errors import ProviderUnreachableError, ResponseTooLargeError
from desktop_app.transport.connections import Connections
from desktop_app.transport.failures import LOST, TIMED_OUT, UNREADABLE, explain
from desktop_app.transport.proxy import ProxyChoice

_MAX_HEADERS = 64 * 1024
# The body is counted while it is read, by _Body; Tornado's own limit can't be told apart from
# a lost connection.
_NO_LIMIT = 1 << 62
_WITH_BODY = {"POST", "PUT", "PATCH"}
_FAILURES = (
    HTTPError,
    OSError,
    HTTPInputError,
    ValueError,
    StreamBufferFullError,
    UnsatisfiableReadError,
)


class _Client(SimpleAsyncHTTPClient):
    """Tornado's client over our own connections."""

    def initialize(self, *, connections: Connections) -> None:  # type: ignore[override]
        super().initialize(max_header_size=_MAX_HEADERS, max_body_size=_NO_LIMIT)
        self.tcp_client.close()
        self.tcp_client = connections


class _Body:
    """Collects an answer's body and hangs up when it grows past the limit."""

    def __init__(self, limit: int, hang_up: Callable[[], None]) -> None:
        self._limit = limit
        self._hang_up = hang_up
        self._bytes = bytearray()
        self.too_large = False

    def __call__(self, chunk: bytes) -> None:
        self.too_large = self.too_large or len(self._bytes) + len(chunk) > self._limit
        if self.too_large:
            self._hang_up()
        else:
            self._bytes += chunk

    def decoded(self, encoding: str) -> bytes:
        """Return the body without its content coding, which may not make it too large either.

        Raises:
            ResponseTooLargeError: If it is, or unpacks to, more than the limit.
            ValueError: If it can't be unpacked.
        """
        if self.too_large:
            raise ResponseTooLargeError
        if encoding in {"", "identity"}:
            return bytes(self._bytes)
        if encoding not in {"gzip", "x-gzip"}:
            raise ValueError(encoding)
        return self._unpacked()

    def _unpacked(self) -> bytes:
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            body = unpacker.decompress(bytes(self._bytes), self._limit + 1)
        except zlib.error as error:
            raise ValueError("gzip") from error
        if len(body) > self._limit:
            raise ResponseTooLargeError
        if not unpacker.eof:
            raise ValueError("gzip")
        return body


class Exchange:
    """Sends requests; each has its own connection, closed when the answer is there."""

    def __init__(
        self,
        *,
        proxies: ProxyChoice,
        user_agent: str,
        connect_timeout: float,
        total_timeout: float,
    ) -> None:
        self._proxies = proxies
        self._options: Mapping[str, Any] = {
            "connect_timeout": connect_timeout,
            "request_timeout": total_timeout,
            "user_agent": user_agent,
            "follow_redirects": False,
            "decompress_response": False,
            "allow_nonstandard_methods": True,
        }
        self._total_timeout = total_timeout

    async def send(self, request: Request, context: ssl.SSLContext | None) -> Response:
        """Send *request*, inside TLS with *context*.

        Raises:
            ProviderUnreachableError: If no complete answer came; the reason is in words.
            ResponseTooLargeError: If the answer is longer than ``request.max_body``.
        """
        parts = urlsplit(request.url)
        connections = Connections(self._proxies, scheme=parts.scheme)
        body = _Body(request.max_body, connections.abandon)
        try:
            answer = await self._fetch(connections, self._translate(request, body, context))
            return _response(answer, body)
        except _FAILURES as error:
            if body.too_large:
                raise ResponseTooLargeError from error
            failure = _failure(error, host=parts.hostname or "")
            failure.untouched = not connections.was_ready
            raise failure from error
        except ProviderUnreachableError as error:
            error.untouched = not connections.was_ready
            raise

    async def _fetch(self, connections: Connections, request: HTTPRequest) -> HTTPResponse:
        client = _Client(force_instance=True, connections=connections)
        try:
            async with asyncio.timeout(self._total_timeout):
                fetching = client.fetch(request, raise_error=False)
                fetching.add_done_callback(_retrieve)
                # Shielded, because Tornado reports a failure of a cancelled fetch as an error.
                return await asyncio.shield(fetching)
        finally:
            connections.abandon()
            client.close()

    def _translate(
        self, request: Request, body: _Body, context: ssl.SSLContext | None
    ) -> HTTPRequest:
        empty = b"" if request.method in _WITH_BODY else None
        return HTTPRequest(
            request.url,
            method=request.method,
            headers={"Accept-Encoding": "identity", **request.headers},
            body=request.body if request.body is not None else empty,
            ssl_options=context,
            streaming_callback=body,
            **self._options,
        )


def _retrieve(fetching: asyncio.Future[HTTPResponse]) -> None:
    """Nobody may be waiting any more; asyncio would then report the failure as lost."""
    fetching.exception()


def _response(answer: HTTPResponse, body: _Body) -> Response:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    encoding = headers.get("content-encoding", "").strip().lower()
    return Response(status=answer.code, headers=headers, body=body.decoded(encoding))


def _failure(error: Exception, *, host: str) -> ProviderUnreachableError:
    if isinstance(error, HTTPTimeoutError):
        return ProviderUnreachableError(TIMED_OUT, host=host)
    if isinstance(error, StreamClosedError) and error.real_error is not None:
        return explain(error.real_error, host=host)
    if isinstance(error, HTTPError | StreamClosedError):
        return ProviderUnreachableError(LOST, host=host)
    # A bad certificate is an OSError and a ValueError, a bad host name a ValueError as well.
    if isinstance(error, OSError | UnicodeError):
        return explain(error, host=host)
    return ProviderUnreachableError(UNREADABLE, host=host)
