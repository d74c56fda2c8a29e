"""What every page for the person has in common."""

from __future__ import annotations

from typing import ClassVar

from desktop_app.errors import LockedError
from desktop_app.web import security
from desktop_app.web.base import BaseHandler


class PageHandler(BaseHandler):
    """A page for the person: a stranger goes to ``/signed-out``, a locked vault to ``/unlock``."""

    person_only: ClassVar[bool] = True

    async def prepare(self) -> None:
        """Let the person in; a ticket in the address becomes a session and leaves the address."""
        if self.request.method == "GET" and "ticket" in self.request.query_arguments:
            await self._redeem_ticket()
        else:
            await super().prepare()
            self._offer_xsrf_token()

    def admit(self) -> None:
        """Let the person in, or send them where they can come in from."""
        if not self.public and self.caller is None:
            self.redirect(self.get_login_url())
            return
        try:
            super().admit()
        except LockedError:
            self.redirect(self.reverse_url("unlock"))

    def check_person(self) -> None:
        """Refuse a program; a stranger only gets here where pages are public."""
        if self.caller is not None:
            super().check_person()

    async def _redeem_ticket(self) -> None:
        security.check_request(self.request, port=self.gate.port)
        await self.gate.peers.check_user(self.connection)
        ticket = self.get_query_argument("ticket")
        self.start_session(self.gate.sessions.redeem(ticket))
        self.redirect(self.request.path)
