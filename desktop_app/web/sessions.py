"""The person's sessions: a one-use ticket becomes a signed cookie."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from desktop_app.errors import AppError
from desktop_app.services.ports import Clock, RandomBytes

TICKET_LIFETIME = 120.0
"""Seconds that a ticket for a window or browser we open ourselves stays good."""

PRINTED_TICKET_LIFETIME = 86_400.0
"""Seconds that the ticket printed by ``--no-window`` stays good."""

COOKIE_DAYS = 1
"""Days that the cookie is good, when it is set and when it is read."""

_DAY = 86_400.0
_RENEWAL = 3_600.0
_MOST = 1_000


class TicketError(AppError):
    """The ticket is unknown, too old or was used before."""

    code = "ticket_spent"
    public_message = "This link was already used or is too old. Open Coatcheck again."


@dataclass(slots=True)
class Session:
    """One signed-in window or browser tab of the person.

    Attributes:
        cookie_set_at: When its cookie was last written, in seconds since the epoch.
    """

    id: str
    cookie_set_at: float


class Sessions:
    """Tickets and sessions, in memory; both end with the process.

    Args:
        port: The TCP port; cookies ignore ports, so the cookie's name holds it.
        clock: Seconds since the epoch.
        random: Unpredictable bytes.
    """

    def __init__(self, *, port: int, clock: Clock, random: RandomBytes) -> None:
        self.cookie_name = f"coatcheck_{port}"
        self.cookie_secret = random(32)
        self.xsrf_token = random(16)
        self._clock = clock
        self._random = random
        self._tickets: dict[bytes, float] = {}
        self._sessions: dict[str, Session] = {}

    def issue_ticket(self, *, lifetime: float = TICKET_LIFETIME) -> str:
        """Return a new ticket that signs one browser in, once, within *lifetime* seconds."""
        self._forget_old()
        ticket = self._unpredictable()
        self._tickets[_digest(ticket)] = self._clock() + lifetime
        return ticket

    def expiry(self, ticket: str) -> float:
        """Return until when an unused ticket is good, in seconds since the epoch."""
        return self._tickets[_digest(ticket)]

    def redeem(self, ticket: str) -> Session:
        """Turn *ticket* into a session and forget it.

        Raises:
            TicketError: If *ticket* is unknown, too old or already used.
        """
        expires_at = self._tickets.pop(_digest(ticket), None)
        if expires_at is None or expires_at <= self._clock():
            raise TicketError
        return self._begin()

    def find(self, session_id: str) -> Session | None:
        """Return the session with this id, or None if it is unknown or too old."""
        session = self._sessions.get(session_id)
        if session is None or self._is_old(session):
            return None
        return session

    def wants_renewal(self, session: Session) -> bool:
        """Tell whether the cookie of a session in use should be written again."""
        return self._clock() - session.cookie_set_at > _RENEWAL

    def renew(self, session: Session) -> None:
        """Note that the cookie was written again just now."""
        session.cookie_set_at = self._clock()

    def end_all(self) -> None:
        """End every session and forget every ticket."""
        self._sessions.clear()
        self._tickets.clear()

    def _begin(self) -> Session:
        session = Session(self._unpredictable(), self._clock())
        self._sessions[session.id] = session
        return session

    def _is_old(self, session: Session) -> bool:
        return self._clock() - session.cookie_set_at >= COOKIE_DAYS * _DAY

    def _forget_old(self) -> None:
        now = self._clock()
        fresh = {key: until for key, until in self._tickets.items() if until > now}
        # A bound, so that asking for tickets in a loop cannot fill the memory.
        self._tickets = dict(list(fresh.items())[-_MOST:])
        self._sessions = {k: s for k, s in self._sessions.items() if not self._is_old(s)}

    def _unpredictable(self) -> str:
        return base64.urlsafe_b64encode(self._random(32)).rstrip(b"=").decode("ascii")


def _digest(ticket: str) -> bytes:
    # Looked up by digest: the time that a dict takes says nothing about the ticket.
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()
