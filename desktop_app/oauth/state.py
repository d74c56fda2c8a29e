"""The sign-ins that wait for an answer, each found by its state, once."""

from __future__ import annotations

from desktop_app.oauth.authorization import PendingAuthorization
from desktop_app.oauth.errors import StateMismatchError


class PendingAuthorizations:
    """Authorization requests by their state; each can be taken once and not after its end."""

    def __init__(self) -> None:
        self._pending: dict[str, PendingAuthorization] = {}

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, pending: PendingAuthorization) -> None:
        """Keep *pending* until it is taken, discarded or expired."""
        self._pending[pending.state] = pending

    def take(self, state: str, *, now: float) -> PendingAuthorization:
        """Return and forget the authorization request made with *state*.

        Raises:
            StateMismatchError: If *state* is unknown, expired or already taken.

        Source: RFC 6749 section 10.12, RFC 9700 section 4.7.1.
        """
        pending = self._pending.pop(state, None)
        if pending is None or pending.expires_at <= now:
            raise StateMismatchError
        return pending

    def discard(self, state: str) -> None:
        """Forget the request made with *state*, if it is still there."""
        self._pending.pop(state, None)

    def expire(self, *, now: float) -> None:
        """Forget every request whose time is over."""
        over = [state for state, pending in self._pending.items() if pending.expires_at <= now]
        for state in over:
            del self._pending[state]
