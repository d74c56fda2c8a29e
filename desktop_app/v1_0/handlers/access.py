"""``/v1.0/tickets`` and ``/v1.0/window``: ways to get to the window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar
from urllib.parse import urlencode

from desktop_app.errors import AppError
from desktop_app.v1_0.schemas.base import moment
from desktop_app.v1_0.schemas.program import NoFields, TicketBody
from desktop_app.web.base import ApiHandler
from desktop_app.web.security import own_origin


class NoWindowError(AppError):
    """The program serves without a window."""

    code = "no_window"
    public_message = "Coatcheck is running without a window. Open the address that it printed."


class TicketsHandler(ApiHandler):
    """``POST``: an address that signs one browser in, once; for the person alone."""

    person_only: ClassVar[bool] = True
    while_locked: ClassVar[bool] = True
    bodies: ClassVar = {"POST": NoFields}

    async def post(self) -> None:
        """Answer a new ticket."""
        ticket = self.gate.sessions.issue_ticket()
        url = f"{own_origin(self.gate.port)}/?{urlencode({'ticket': ticket})}"
        expires_at = moment(self.gate.sessions.expiry(ticket))
        self.write_json(TicketBody(ticket=ticket, url=url, expires_at=expires_at), 201)


class WindowHandler(ApiHandler):
    """``POST``: a second start asks the running program to raise its window."""

    while_locked: ClassVar[bool] = True
    bodies: ClassVar = {"POST": NoFields}

    def initialize(self, raise_window: Callable[[], Awaitable[bool]] | None) -> None:
        """Take what raises the window; None without one."""
        self._raise_window = raise_window

    async def post(self) -> None:
        """Raise the window.

        Raises:
            NoWindowError: If there is none.
        """
        if self._raise_window is None or not await self._raise_window():
            raise NoWindowError
        self.set_status(204)
