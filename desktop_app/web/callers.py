"""Who is calling: the person, by a session; a program, by the key or over the socket."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tornado.httputil import HTTPServerRequest

from desktop_app.web import security
from desktop_app.web.sessions import Session

_SCHEME = "bearer "

FindSession = Callable[[], Session | None]
"""Reads the request's signed cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody with a credential. The two kinds are never mixed in one request.

    Attributes:
        kind: ``person`` may do everything; ``program`` may not answer for the person.
        session: The person's; None for a program.
    """

    kind: Literal["person", "program"]
    session: Session | None = None

    @property
    def is_person(self) -> bool:
        """Whether this is the person's own window or browser."""
        return self.kind == "person"


PROGRAM = Caller(kind="program")


def identify(
    request: HTTPServerRequest, *, api_key: str, find_session: FindSession
) -> Caller | None:
    """Return who sends *request*, or None for a stranger.

    The socket is in an owner-only folder, so whoever reached it is this user's program; a
    cookie counts for nothing there. A request with an ``Authorization`` header is a program's
    or nobody's: a wrong key never falls back to a cookie.
    """
    if security.over_socket(request):
        return PROGRAM
    if "Authorization" in request.headers:
        return PROGRAM if _has_key(request, api_key) else None
    session = find_session()
    return Caller(kind="person", session=session) if session else None


def _has_key(request: HTTPServerRequest, api_key: str) -> bool:
    header = request.headers["Authorization"]
    if header[: len(_SCHEME)].lower() != _SCHEME:
        return False
    given = header[len(_SCHEME) :].strip()
    return hmac.compare_digest(given.encode("utf-8", "replace"), api_key.encode("utf-8"))
