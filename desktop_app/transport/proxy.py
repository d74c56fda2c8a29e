"""Which proxy, if any, a connection goes through."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import (  # type: ignore[attr-defined]
    getproxies,
    proxy_bypass,
    proxy_bypass_environment,
)

from desktop_app.oauth.endpoints import is_loopback
from desktop_app.services.errors import ProviderUnreachableError

NEVER = "none"
"""The setting that means: no proxy, whatever the environment says."""

_DEFAULT_PORT = 8080


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """An HTTP proxy that understands CONNECT.

    Attributes:
        authorization: Value of ``Proxy-Authorization``, or None.
    """

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)


class ProxyChoice:
    """Chooses by the person's setting, then by the environment or the operating system."""

    def __init__(
        self,
        *,
        setting: Callable[[], str | None] = lambda: None,
        system: Callable[[], Mapping[str, str]] = getproxies,
        bypass: Callable[[str], object] = proxy_bypass,
    ) -> None:
        """Take where to look; all of it is asked anew for every connection.

        Args:
            setting: The person's own: a proxy's address, ``none`` for never, or nothing
                (None, "" or ``system``) for what the system says.
            system: Proxies by scheme as ``urllib.request.getproxies`` gives them, exceptions
                under ``no``.
            bypass: Whether ``host:port`` is an exception for the operating system, which on
                Windows and macOS keeps a list of its own.
        """
        self._setting = setting
        self._system = system
        self._bypass = bypass

    def choose(self, host: str, port: int, *, scheme: str) -> Proxy | None:
        """Return the proxy for *host*, or None for a direct connection.

        This machine is never asked for through a proxy, where the request would reach another.

        Raises:
            ProviderUnreachableError: If the proxy's address can't be used.
        """
        setting = self._setting() or "system"
        if is_loopback(host) or setting == NEVER:
            return None
        url = self._from_system(host, port, scheme) if setting == "system" else setting
        return parse_proxy(url) if url else None

    def _from_system(self, host: str, port: int, scheme: str) -> str | None:
        name, proxies = f"{host}:{port}", dict(self._system())
        if proxy_bypass_environment(name, proxies) or self._bypass(name):
            return None
        return proxies.get(scheme) or proxies.get("all")


def parse_proxy(url: str) -> Proxy:
    """Return the proxy at *url*; a bare ``host:port`` is an HTTP proxy.

    Raises:
        ProviderUnreachableError: If it is no HTTP proxy's address.
    """
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port or _DEFAULT_PORT
    except ValueError as error:
        raise ProviderUnreachableError("the proxy's address can't be read") from error
    if parts.scheme != "http" or not host:
        # TLS inside TLS needs what Python's ssl module can't do on a socket.
        raise ProviderUnreachableError("only proxies that begin with http:// can be used")
    return Proxy(host=host, port=port, authorization=_basic(parts.username, parts.password))


def _basic(username: str | None, password: str | None) -> str | None:
    if username is None:
        return None
    pair = f"{unquote(username)}:{unquote(password or '')}".encode()
    return "Basic " + base64.b64encode(pair).decode("ascii")
