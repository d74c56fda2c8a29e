"""What the loopback listener answers: the redirect path, its last page, and 404 for the rest."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Protocol
from urllib.parse import quote_from_bytes

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, HTTPError, RequestHandler

_log = logging.getLogger(__name__)

_STYLESHEET_PATH: Final = "/done.css"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Type": "text/html; charset=UTF-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopbackPages:
    """The few pages that the listener shows, rendered already.

    Attributes:
        done: After the accepted answer: the tab can be closed.
        used: For an answer that nobody waits for, or that was given already.
        stylesheet: Served at ``/done.css``.
    """

    done: bytes = b"<!doctype html><title>Done</title><p>Done. You can close this tab."
    used: bytes = b"<!doctype html><title>Used</title><p>This link was already used."
    stylesheet: bytes = b""


@dataclass(frozen=True, slots=True)
class LoopbackAnswer:
    """What arrived on the redirect path; holds a code, so it is not in the repr."""

    url: str = field(repr=False)
    method: str


class Desk(Protocol):
    """What the handlers need of their listener."""

    host: str
    redirect_uri: str
    redirect_path: str
    done_path: str

    def pages(self) -> LoopbackPages:
        """Return the pages as they are to be shown now."""

    def offer(self, answer: LoopbackAnswer) -> bool:
        """Tell whether *answer* is the one that is waited for."""


def make_application(listener: Desk) -> Application:
    """Return the application that answers for *listener*."""
    given = {"listener": listener}
    return Application(
        [
            (_exactly(listener.redirect_path), _Redirect, given),
            (_exactly(listener.done_path), _Done, given),
            (_exactly(_STYLESHEET_PATH), _Stylesheet, given),
        ],
        default_handler_class=_NotFound,
        default_handler_args=given,
        # The usual log line holds the address, and with it the code.
        log_function=_no_log,
    )


class _Page(RequestHandler):
    """Base of the listener's pages: the exact host, and nothing to remember or to run."""

    def initialize(self, listener: Desk) -> None:
        self._listener = listener

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        # DNS rebinding: a page elsewhere whose name was made to point at this machine.
        if self.request.host != self._listener.host:
            self.send_error(403)

    def check_xsrf_cookie(self) -> None:
        """The provider's form has no token of ours; ``state`` is what protects the answer."""

    def write_error(self, status_code: int, **_: object) -> None:
        self.finish(f"<!doctype html><title>{status_code}</title><p>Nothing here.")

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log without the address: Tornado's own line would hold the code."""
        if not isinstance(value, HTTPError):
            _log.error("A redirect could not be handled", exc_info=value)


class _Redirect(_Page):
    """The redirect path: a query by GET, or a form (``response_mode=form_post``) by POST."""

    def get(self) -> None:
        self._offer(self.request.query)

    def post(self) -> None:
        content_type = self.request.headers.get("Content-Type", "").partition(";")[0].strip()
        if content_type.lower() != "application/x-www-form-urlencoded":
            self.send_error(415)
            return
        self._offer(_form_as_query(self.request))

    def _offer(self, query: str) -> None:
        url = f"{self._listener.redirect_uri}?{query}"
        if self._listener.offer(LoopbackAnswer(url=url, method=self.request.method or "")):
            self.redirect(self._listener.done_path, status=303)
            return
        self.set_status(400)
        self.finish(self._listener.pages().used)


class _Done(_Page):
    """The last page: says that the tab can be closed."""

    def get(self) -> None:
        self.finish(self._listener.pages().done)


class _Stylesheet(_Page):
    """The stylesheet of both pages, because inline style is not allowed."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/css; charset=UTF-8")
        self.finish(self._listener.pages().stylesheet)


class _NotFound(_Page):
    """Everything else, such as the favicon that Chromium asks for."""

    def prepare(self) -> None:
        self.send_error(404)


def _form_as_query(request: HTTPServerRequest) -> str:
    """Return the form as a query: both are written the same way, but for stray bytes."""
    return quote_from_bytes(request.body, safe="%&=+-._~!$'()*,;:@/?")


def _exactly(path: str) -> str:
    return re.escape(path) + "$"


def _no_log(_: RequestHandler) -> None:
    pass
