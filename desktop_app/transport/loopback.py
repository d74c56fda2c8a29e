"""The loopback listener that OAuth redirects come back to (RFC 8252 section 7.3).

Each sign-in has its own: bound before the browser opens, open until the first valid answer.
What is not that answer (a favicon, a wrong path or state, a repeat) is turned away and changes
nothing. The answer itself is a redirect to a page without code or state in its address, so
that neither stays in the browser's history.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

from tornado.httpserver import HTTPServer

from desktop_app.bounded_server import BoundedServer
from desktop_app.providers.model import Redirect
from desktop_app.services.ports import AcceptRedirect, RedirectListener
from desktop_app.transport.loopback_pages import LoopbackAnswer, LoopbackPages, make_application
from desktop_app.transport.loopback_sockets import bind_redirect

_MAX_FORM: Final = 64 << 10
_MAX_HEADERS: Final = 32 << 10
_PATIENCE_SECONDS: Final = 10.0
_MOST_CONNECTIONS: Final = 64


class LoopbackListeners:
    """Makes the listeners, each on a port of its own.

    Args:
        pages: Asked for each request, so that a changed language shows at once.
    """

    def __init__(self, pages: Callable[[], LoopbackPages] = LoopbackPages) -> None:
        self._pages = pages
        self._lingering: dict[int, LoopbackListener] = {}

    async def listen(self, redirect: Redirect, accept: AcceptRedirect) -> RedirectListener:
        """Bind the port that *redirect* names, or any free one, and hand answers to *accept*.

        Raises:
            PortInUseError: The fixed port is taken.
        """
        await self._make_room(redirect.port)
        sockets = bind_redirect(redirect)
        listener = LoopbackListener(redirect, sockets, accept, self._pages)
        listener.on_linger = lambda: self._lingering.update({listener.port: listener})
        listener.on_stop = lambda: self._forget(listener)
        return listener

    async def _make_room(self, port: int | None) -> None:
        """End a listener that only shows its last page on the fixed port needed now."""
        if port is not None and (old := self._lingering.get(port)):
            await old.stop()

    def _forget(self, listener: LoopbackListener) -> None:
        if self._lingering.get(listener.port) is listener:
            del self._lingering[listener.port]


class LoopbackListener:
    """One listener; see ``RedirectListener`` in the services' ports."""

    def __init__(
        self,
        redirect: Redirect,
        sockets: list[socket.socket],
        accept: AcceptRedirect,
        pages: Callable[[], LoopbackPages],
    ) -> None:
        self.port: int = sockets[0].getsockname()[1]
        self.host = f"{redirect.host}:{self.port}"
        self.redirect_uri = f"http://{self.host}{redirect.path}"
        self.redirect_path = redirect.path
        self.done_path = "/done" if redirect.path != "/done" else "/finished"
        self._pages = pages
        self.on_linger: Callable[[], None] = _nothing
        self.on_stop: Callable[[], None] = _nothing
        self._accept: AcceptRedirect | None = accept
        self._stopping: asyncio.Task[None] | None = None
        self._stopped = False
        self._server = _serve(self, sockets)

    def pages(self) -> LoopbackPages:
        """Return the pages as they are to be shown now."""
        return self._pages()

    def offer(self, answer: LoopbackAnswer) -> bool:
        """Tell whether *answer* is the one that is waited for; only one ever is."""
        if self._accept is None or not self._accept(answer):
            return False
        self._accept = None
        return True

    async def close(self, *, linger: float = 0.0) -> None:
        """Accept nothing more; stop listening after *linger* seconds, in the background."""
        self._accept = None
        if linger <= 0:
            await self.stop()
        elif self._stopping is None and not self._stopped:
            self._stopping = asyncio.create_task(self._stop_later(linger))
            self.on_linger()

    async def stop(self) -> None:
        """Close the port and every connection at once; a second call does nothing."""
        self._accept = None
        self._stopped = True
        self._server.stop()
        self.on_stop()
        if self._stopping is not None and self._stopping is not asyncio.current_task():
            self._stopping.cancel()
        await self._server.close_all_connections()

    async def _stop_later(self, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
        finally:
            # Also when the program ends meanwhile and the task is cancelled.
            await self.stop()


def _serve(listener: LoopbackListener, sockets: list[socket.socket]) -> HTTPServer:
    server = BoundedServer(
        make_application(listener),
        max_body_size=_MAX_FORM,
        max_header_size=_MAX_HEADERS,
        most=_MOST_CONNECTIONS,
        body_timeout=_PATIENCE_SECONDS,
        idle_connection_timeout=_PATIENCE_SECONDS,
    )
    server.add_sockets(sockets)
    return server


def _nothing() -> None:
    pass
