"""What the handlers' base classes decide by; one for the application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakSet

from tornado.iostream import IOStream

from desktop_app.services.ports import Peers
from desktop_app.web.locale import Locales
from desktop_app.web.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What decides who comes in and how they are spoken to.

    Attributes:
        language: The language setting: a code or ``system``.
        theme: The theme setting: ``light``, ``dark`` or ``system``.
        is_locked: Whether the vault is new or locked.
        touch: Tells the auto-lock that the person is there; raises ``LockedError`` if the idle
            time was over before.
        peers: Says which user and which program is at the other end of a connection.
        known: The connections of callers who were let in.
    """

    port: int
    api_key: str = field(repr=False)
    sessions: Sessions
    locales: Locales
    language: Callable[[], str]
    theme: Callable[[], str]
    is_locked: Callable[[], bool]
    touch: Callable[[], None]
    peers: Peers
    known: WeakSet[IOStream] = field(default_factory=WeakSet)
