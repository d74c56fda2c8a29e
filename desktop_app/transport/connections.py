"""TCP and TLS connections, through a proxy where one is set."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any

from tornado.httputil import HTTPInputError, parse_response_start_line
from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpclient import TCPClient

from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.transport.proxy import Proxy, ProxyChoice

_MAX_HEAD = 16 * 1024
_OK = 200
_NEEDS_PASSWORD = 407


class ProxyError(ProviderUnreachableError):
    """The proxy is there but doesn't let the connection through."""


class Connections(TCPClient):
    """Tornado's ``TCPClient`` with CONNECT, which its own HTTP client can't do.

    It serves one request, so that this request's stream can be closed early.

    Attributes:
        was_ready: The stream to the server was there: the request may have left.

    Source: RFC 9110 section 9.3.6.
    """

    def __init__(self, proxies: ProxyChoice, *, scheme: str) -> None:
        super().__init__()
        self._proxies = proxies
        self._scheme = scheme
        self._stream: IOStream | None = None
        self._abandoned = False
        self.was_ready = False

    async def connect(  # type: ignore[override]
        self,
        host: str,
        port: int,
        *,
        ssl_options: ssl.SSLContext | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - Tornado calls it so
        **options: Any,
    ) -> IOStream:
        """Return a stream to *host*, inside TLS if *ssl_options* are given."""
        stream = await self._connected(host, port, ssl_options, timeout, options)
        self.was_ready = True
        return stream

    def abandon(self) -> None:
        """Close the stream, or the one that is still on its way."""
        self._abandoned = True
        if self._stream is not None:
            self._stream.close()

    async def _connected(
        self,
        host: str,
        port: int,
        ssl_options: ssl.SSLContext | None,
        timeout: float | None,  # noqa: ASYNC109 - Tornado calls it so
        options: Mapping[str, Any],
    ) -> IOStream:
        proxy = self._proxies.choose(host, port, scheme=self._scheme)
        if proxy is None:
            stream = await super().connect(
                host, port, ssl_options=ssl_options, timeout=timeout, **options
            )
            return self._remember(stream)
        async with asyncio.timeout(timeout):
            stream = await super().connect(proxy.host, proxy.port, **options)
            await _open_tunnel(self._remember(stream), host, port, proxy)
            if ssl_options is None:
                return stream
            self._stream = None  # its socket moves into the new stream
            return self._remember(await stream.start_tls(False, ssl_options, host))

    def _remember(self, stream: IOStream) -> IOStream:
        self._stream = stream
        if self._abandoned:
            stream.close()
            raise StreamClosedError
        return stream


async def _open_tunnel(stream: IOStream, host: str, port: int, proxy: Proxy) -> None:
    """Ask *proxy* to connect *stream* to *host*.

    Raises:
        ProxyError: If it refuses, or answers with something that is not HTTP.
    """
    name = f"[{host}]" if ":" in host else host
    head = f"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n"
    if proxy.authorization:
        head += f"Proxy-Authorization: {proxy.authorization}\r\n"
    await stream.write(f"{head}\r\n".encode("latin-1"))
    answer = await stream.read_until(b"\r\n\r\n", max_bytes=_MAX_HEAD)
    status = _status(answer)
    if status == _NEEDS_PASSWORD:
        stream.close()
        raise ProxyError("the proxy asks for a user name and password")
    if status != _OK:
        stream.close()
        raise ProxyError("the proxy doesn't let the connection through")


def _status(answer: bytes) -> int:
    line = answer.split(b"\r\n", 1)[0].decode("latin-1")
    try:
        return parse_response_start_line(line).code
    except HTTPInputError as error:
        raise ProxyError("the proxy's answer can't be read") from error
