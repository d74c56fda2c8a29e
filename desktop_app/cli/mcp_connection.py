"""A connection to an MCP server: encrypted as the system trusts it, through a proxy."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

_CONNECT_SECONDS = 30.0
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_PROXY_PORT = 8080
_HTTP_PORT, _HTTPS_PORT = 80, 443


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is; ``target`` is the path with its query."""

    is_secure: bool
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        """The whole address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_secure else 'http'}://{host}:{self.port}{self.target}"


@dataclass(frozen=True, slots=True)
class Way:
    """How to get there.

    Attributes:
        proxy: ``system`` for what the environment or the system says, ``none``, or an address.
        has_password: That proxy wants a password, which only the environment may give us.
        ca_file: A further authority to trust.
    """

    proxy: str = "system"
    has_password: bool = False
    ca_file: str | None = None


class ProxyPasswordError(OSError):
    """The person's proxy wants a password that no program is given."""

    def __init__(self, proxy: str) -> None:
        super().__init__(
            f"the proxy in Coatcheck's settings ({proxy}) wants a password, which it gives to no "
            "program: set https_proxy where the assistant is started"
        )


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
    port = parts.port or (_HTTPS_PORT if parts.scheme == "https" else _HTTP_PORT)
    return Place(parts.scheme == "https", parts.hostname, port, (parts.path or "/") + query)


def connect(place: Place, way: Way | None = None) -> http.client.HTTPConnection:
    """Return an open connection; reads on it wait for as long as the server thinks.

    Raises:
        OSError: It can't be reached.
    """
    connection = _unopened(place, way or Way())
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    # A call may take an hour; what is noticed is a server that has gone.
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.sock.settimeout(None)
    return connection


def _unopened(place: Place, way: Way) -> http.client.HTTPConnection:
    if not place.is_secure:
        return http.client.HTTPConnection(place.host, place.port, timeout=_CONNECT_SECONDS)
    proxy, context = _proxy(place, way), _tls(way.ca_file)
    if proxy is None:
        return http.client.HTTPSConnection(
            place.host, place.port, timeout=_CONNECT_SECONDS, context=context
        )
    connection = http.client.HTTPSConnection(
        proxy.hostname or "", proxy.port or _PROXY_PORT, timeout=_CONNECT_SECONDS, context=context
    )
    connection.set_tunnel(place.host, place.port, headers=_proof(proxy))
    return connection


def _tls(ca_file: str | None) -> ssl.SSLContext:
    # Takes long to import, and a server on this machine needs none.
    import truststore

    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def _proxy(place: Place, way: Way) -> SplitResult | None:
    """The person's, else the environment's or the system's; never one for this machine."""
    if place.host in _HERE or way.proxy == "none":
        return None
    ours = way.proxy != "system" and not way.has_password
    url = way.proxy if ours else _system_proxy(place)
    if way.has_password and not url:
        raise ProxyPasswordError(way.proxy)
    return urlsplit(url if "://" in url else f"http://{url}") if url else None


def _system_proxy(place: Place) -> str:
    url = getproxies().get("https")
    return "" if not url or proxy_bypass(f"{place.host}:{place.port}") else url


def _proof(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}
