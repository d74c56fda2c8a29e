"""``/v1.0/events``: every change, pushed over a WebSocket, so that nothing polls."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Awaitable, Mapping
from typing import Any, ClassVar

import msgspec
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from desktop_app.errors import InvalidRequestError
from desktop_app.services.events import MISSED, EventBus, Unsubscribe
from desktop_app.web.base import BaseHandler
from desktop_app.web.errors import MethodNotAllowedError
from desktop_app.web.security import own_origin


def _nothing() -> None:
    """Stand in until there is a subscription."""


class EventsHandler(BaseHandler, WebSocketHandler):
    """Forwards each event as ``{"event", "data"}``; what comes from the other end is ignored."""

    while_locked: ClassVar[bool] = True

    def initialize(self, events: EventBus) -> None:
        """Take the events."""
        self._events = events
        self._unsubscribe: Unsubscribe = _nothing

    async def prepare(self) -> None:
        """Let the caller in, and refuse what asks for no WebSocket as the API refuses.

        Raises:
            MethodNotAllowedError: If it is no GET.
            InvalidRequestError: If it does not ask for a WebSocket.
        """
        await super().prepare()
        if self.request.method != "GET":
            raise MethodNotAllowedError
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise InvalidRequestError("this address speaks WebSocket alone")

    def check_origin(self, origin: str) -> bool:
        """Take our own origin alone; ``prepare`` has refused everything else already."""
        return origin == own_origin(self.gate.port)

    def open(self, *args: str, **kwargs: str) -> Awaitable[None] | None:
        """Begin to forward; say so if something happened since the page was made."""
        after = self.get_query_argument("after", "")
        if after and after != str(self._events.count):
            self._forward(MISSED, {})
        by_person = self.caller is not None and self.caller.is_person
        self._unsubscribe = self._events.subscribe(self._forward, by_person=by_person)
        return None

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        """Ignore it: nothing can be asked for here."""

    def on_close(self) -> None:
        """Stop forwarding."""
        self._unsubscribe()

    def _forward(self, event: str, data: Mapping[str, Any]) -> None:
        message = msgspec.json.encode({"event": event, "data": dict(data)}, enc_hook=str)
        try:
            # Not awaited: a window that reads slowly must not hold up the others.
            sending = self.write_message(message.decode("utf-8"))
        except WebSocketClosedError:
            self._unsubscribe()
        else:
            sending.add_done_callback(_look_at_failure)


def _look_at_failure(sending: Future[None]) -> None:
    # A window that went away while it was written to is no news; not looking would log it.
    if not sending.cancelled():
        sending.exception()
