"""The handlers that all others come from: closed unless a class says otherwise.

A handler class opens itself by its class attributes; a new one that says nothing needs a
caller, an unlocked vault and, for pages, the person.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Awaitable, Mapping
from hmac import compare_digest
from typing import Any, ClassVar, cast

from tornado.locale import Locale

from desktop_app.errors import (
    LockedError,
    NotFoundError,
    PersonRequiredError,
    UnauthenticatedError,
)
from desktop_app.services.lending.lending_errors import ProgramUnknownError
from desktop_app.web import errors, security
from desktop_app.web.answers import AnswerHandler
from desktop_app.web.callers import Caller, identify
from desktop_app.web.gate import Gate
from desktop_app.web.json_body import convert, parse_json
from desktop_app.web.locale import ENGLISH
from desktop_app.web.sessions import COOKIE_DAYS, Session


class BaseHandler(AnswerHandler):
    """What every answer of the program has in common.

    Attributes:
        public: True where a stranger may come in.
        person_only: True where a program is refused.
        while_locked: True where the vault may be locked.
        navigable: True where a foreign place may open this page in a tab.
    """

    public: ClassVar[bool] = False
    person_only: ClassVar[bool] = False
    while_locked: ClassVar[bool] = False
    navigable: ClassVar[bool] = False

    @property
    def gate(self) -> Gate:
        """What decides who comes in."""
        # The application is ours (web/application.py), but Tornado's type does not know.
        return cast("Any", self.application).gate  # type: ignore[no-any-return]

    @property
    def caller(self) -> Caller | None:
        """Who is calling; None for a stranger."""
        return cast("Caller | None", self.current_user)

    def get_current_user(self) -> Caller | None:
        """Return who is calling, or None."""
        return identify(self.request, api_key=self.gate.api_key, find_session=self._find_session)

    def get_user_locale(self) -> Locale:
        """Return the person's language; programs are answered in English."""
        if self.caller is not None and not self.caller.is_person:
            return self.gate.locales.choose(ENGLISH)
        accepted = self.request.headers.get("Accept-Language", "")
        return self.gate.locales.choose(self.gate.language(), accepted)

    def get_template_namespace(self) -> dict[str, Any]:
        """Add the theme: errors and strangers' pages follow the person's choice too."""
        return {**super().get_template_namespace(), "theme": self.gate.theme()}

    @property
    def connection(self) -> socket.socket:
        """The connection that the request came over.

        Raises:
            ProgramUnknownError: It is closed by now.
        """
        found = self._stream.socket if self._stream is not None else None
        if found is None:
            raise ProgramUnknownError("the connection is closed")
        return cast("socket.socket", found)

    def _vouch(self) -> None:
        """Keep the connection, however many strangers come."""
        if self._stream is not None:
            self.gate.known.add(self._stream)

    @property
    def _stream(self) -> Any:
        # Tornado's type of the connection does not know its stream.
        return getattr(self.request.connection, "stream", None)

    def check_xsrf_cookie(self) -> None:
        """Hold a caller by cookie to the XSRF token; only cookies are sent by themselves."""
        if self.caller is not None and self.caller.is_person:
            super().check_xsrf_cookie()

    def _get_raw_xsrf_token(self) -> tuple[int | None, bytes, float]:
        # Every server on 127.0.0.1, whatever its port, can set this cookie: another program's
        # would stop our pages from working, and a chosen one would protect nothing.
        found = super()._get_raw_xsrf_token()
        own = self.gate.sessions.xsrf_token
        if self.caller is None or not self.caller.is_person or compare_digest(found[1], own):
            return found
        return None, own, time.time()

    async def prepare(self) -> None:
        """Refuse what is foreign, then who is not known, then what the vault can't answer."""
        security.check_request(self.request, port=self.gate.port, navigable=self.navigable)
        self.admit()
        if self.caller is not None and not self._finished:
            # A key or a cookie that another user of this machine got hold of counts for nothing.
            await self.gate.peers.check_user(self.connection)
            self._vouch()

    def admit(self) -> None:
        """Let the caller in.

        Raises:
            UnauthenticatedError: A stranger.
            PersonRequiredError: A program where only the person may be.
            LockedError: The vault is locked.
        """
        if not self.public and self.caller is None:
            raise UnauthenticatedError
        self.check_person()
        self._renew_session()
        self._check_lock()

    def check_person(self) -> None:
        """Refuse a program where only the person may be.

        Raises:
            PersonRequiredError: A program.
        """
        if self.person_only:
            self.require_person()

    def require_person(self) -> None:
        """Go on only for the person; for handlers where one method is theirs alone.

        Raises:
            PersonRequiredError: A program.
        """
        if self.caller is None or not self.caller.is_person:
            raise PersonRequiredError

    def head(self, *args: str, **kwargs: str) -> Awaitable[None] | None:
        """Answer as ``GET`` would; Tornado leaves the body out."""
        return self.get(*args, **kwargs)

    def on_finish(self) -> None:
        """Forget the body: it may have held a passphrase."""
        self.request.body = b""
        self.request.body_arguments.clear()
        self.request.arguments.clear()

    def start_session(self, session: Session) -> None:
        """Give the browser the cookie of *session*."""
        self.current_user = Caller(kind="person", session=session)
        self.set_signed_cookie(
            self.gate.sessions.cookie_name,
            session.id,
            expires_days=COOKIE_DAYS,
            httponly=True,
            samesite="Strict",
        )
        self.gate.sessions.renew(session)
        self._offer_xsrf_token()

    def _find_session(self) -> Session | None:
        # Read with the days it was written with: Tornado would otherwise take 31.
        name = self.gate.sessions.cookie_name
        value = self.get_signed_cookie(name, max_age_days=COOKIE_DAYS, min_version=2)
        return self.gate.sessions.find(value.decode("ascii", "replace")) if value else None

    def _renew_session(self) -> None:
        session = self.caller.session if self.caller else None
        if session is not None and self.gate.sessions.wants_renewal(session):
            self.start_session(session)

    def _check_lock(self) -> None:
        if self._is_locked() and not self.while_locked:
            raise LockedError

    def _is_locked(self) -> bool:
        try:
            self._note_presence()
        except LockedError:
            return True
        return self.gate.is_locked()

    def _note_presence(self) -> None:
        # The person alone: a program that asks every minute must not keep the vault open.
        if self.caller is not None and self.caller.is_person:
            self.gate.touch()

    def _offer_xsrf_token(self) -> str:
        # Reading the token is what makes Tornado set its cookie, if there is none yet.
        return self.xsrf_token.decode("ascii")


class ApiHandler(BaseHandler):
    """A handler of the API: JSON in, JSON out.

    Attributes:
        bodies: What a method's body must fit: a `msgspec.Struct`, or ``dict`` where a service
            checks it. The body of a method that is not named here means nothing.
    """

    bodies: ClassVar[Mapping[str, type]] = {}

    async def prepare(self) -> None:
        """Let the caller in, then read the body: ``self.body`` is of the declared type."""
        await super().prepare()
        self._check_method()
        self.body = self._read_body()

    def _check_method(self) -> None:
        if not self._has_method(self.request.method or ""):
            raise errors.MethodNotAllowedError

    def _read_body(self) -> Any:
        kind = self.bodies.get(self.request.method or "")
        return convert(parse_json(self.request.body), kind) if kind else None


class NotFoundHandler(BaseHandler):
    """Every address that nothing else answers; a stranger is not even told that."""

    while_locked: ClassVar[bool] = True

    def admit(self) -> None:
        """Send a stranger away, tell the others that nothing is here.

        Raises:
            UnauthenticatedError: A stranger, under the API's addresses.
            NotFoundError: Anybody else.
        """
        if self.caller is None and not self.is_api:
            self.redirect(self.get_login_url())
            return
        super().admit()
        raise NotFoundError
