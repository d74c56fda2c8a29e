"""Outgoing HTTP behind one port: checked before it leaves, bounded when it comes back."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from desktop_app import __version__
from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.transport.proxy import ProxyChoice
from desktop_app.transport.tls import TlsContexts

if TYPE_CHECKING:
    from desktop_app.transport.exchange import Exchange

# RFC 9110 sections 5.1 and 5.5; a value with a line break would become a header of its own.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_METHOD = re.compile(r"[A-Z]+")


class HttpClientAdapter:
    """Implements ``ports.HttpClient``."""

    def __init__(
        self,
        *,
        proxies: ProxyChoice | None = None,
        connect_timeout: float = 10.0,
        total_timeout: float = 30.0,
    ) -> None:
        """Take the time limits in seconds; the total one includes connecting."""
        self._proxies = proxies or ProxyChoice()
        self._tls = TlsContexts()
        self._timeouts = {"connect_timeout": connect_timeout, "total_timeout": total_timeout}
        self._exchange: Exchange | None = None

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """Send *request* and return the answer, whatever its status; redirects are answers.

        Raises:
            EndpointError: If nothing may be sent to its address.
            InvalidRequestError: If its method or a header would change the message.
            ProviderUnreachableError: If no complete answer came.
            ResponseTooLargeError: If the answer is longer than ``request.max_body``.
        """
        check_request(request)
        if self._exchange is None:
            self._exchange = await asyncio.to_thread(self._make_exchange)
        context = None
        if request.url.startswith("https:"):
            context = await asyncio.to_thread(self._tls.get, request.ca_file)
        return await self._exchange.send(request, context)

    def _make_exchange(self) -> Exchange:
        # Importing Tornado's client takes 90 ms, which the first window need not wait for.
        from desktop_app.transport.exchange import Exchange

        return Exchange(
            proxies=self._proxies, user_agent=f"Coatcheck/{__version__}", **self._timeouts
        )


def check_request(request: HttpRequest) -> None:
    """Refuse what must not reach the network, whoever made it.

    Raises:
        EndpointError: If the address is not https, nor http on this machine.
        InvalidRequestError: If the method or a header holds what doesn't belong there.
    """
    check_endpoint(request.url, name="request")
    if not _METHOD.fullmatch(request.method):
        raise InvalidRequestError("its method is not a word")
    for name, value in request.headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise InvalidRequestError("a header holds a character that doesn't belong there")
