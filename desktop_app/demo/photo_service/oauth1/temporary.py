"""Temporary credentials: a sign-in of the older way, while the person decides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from desktop_app.demo.ports import Clock

OUT_OF_BAND = "oob"

_LIFETIME = 600.0
_MAX_WAITING = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What the person said yes to, and the verifier that proves that they came back."""

    subject: str
    scopes: tuple[str, ...]
    verifier: str = field(repr=False)
    authenticated_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCredentials:
    """One sign-in that is on its way (RFC 5849 section 2.1).

    Attributes:
        callback: A loopback redirect URI, or ``oob`` where the person types the verifier.
        allowed: None until the person has decided.
    """

    secret: str = field(repr=False)
    callback: str
    expires_at: float
    allowed: Allowed | None = field(default=None, repr=False)


class TemporaryBook:
    """The temporary credentials by their identifier, in memory: a restart ends them."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[str, TemporaryCredentials] = {}

    def add(self, token: str, *, secret: str, callback: str) -> None:
        """Begin a sign-in called *token*."""
        self._prune()
        self._waiting[token] = TemporaryCredentials(
            secret=secret, callback=callback, expires_at=self._clock() + _LIFETIME
        )

    def find(self, token: str | None) -> TemporaryCredentials | None:
        """Return what *token* stands for, or None if it is unknown or too old."""
        found = self._waiting.get(token or "")
        return found if found and found.expires_at > self._clock() else None

    def allow(self, token: str, allowed: Allowed) -> None:
        """Write down that the person said yes."""
        self._waiting[token] = replace(self._waiting[token], allowed=allowed)

    def end(self, token: str) -> None:
        """Forget *token*: it was used, or the person said no."""
        self._waiting.pop(token, None)

    def _prune(self) -> None:
        now = self._clock()
        self._waiting = {t: kept for t, kept in self._waiting.items() if kept.expires_at > now}
        while len(self._waiting) >= _MAX_WAITING:
            del self._waiting[next(iter(self._waiting))]
