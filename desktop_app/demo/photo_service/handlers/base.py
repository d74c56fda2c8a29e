"""What every handler of the photo service does: who may ask, in which language, how it fails."""

from __future__ import annotations

import http
import logging
from dataclasses import dataclass
from typing import Any

from tornado.locale import Locale
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from desktop_app.demo.photo_service.accounts import Account, find_account
from desktop_app.demo.photo_service.languages import choose_locale
from desktop_app.demo.photo_service.site import Site

_DAY = 1
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in here, and since when (seconds since the epoch)."""

    account: Account
    at: float


class PhotoHandler(RequestHandler):
    """Refuses other hosts and other sites, whatever they bring."""

    site: Site

    def initialize(self, site: Site) -> None:
        """Take what ``urls.py`` hands out."""
        self.site = site

    def prepare(self) -> None:
        """Refuse a request that was not made for this very address.

        The exact Host stops a foreign name that was pointed at this machine (DNS rebinding).
        """
        if self.request.host != f"127.0.0.1:{self.site.port}":
            raise HTTPError(http.HTTPStatus.MISDIRECTED_REQUEST)
        origin = self.request.headers.get("Origin")
        if origin is not None and origin != self.site.issuer:
            raise HTTPError(http.HTTPStatus.FORBIDDEN)

    def set_default_headers(self) -> None:
        """Send the headers that every answer has."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.clear_header("Server")

    def log_exception(self, kind: Any, error: Any, traceback: Any) -> None:
        """Log what failed, but never the request's address: a sign-in's state is in its query."""
        if not isinstance(error, HTTPError):
            _log.error(
                "%s %s failed",
                self.request.method,
                self.request.path,
                exc_info=(kind, error, traceback),
            )

    def get_user_locale(self) -> Locale:
        """Return the language that the client or the browser asks for."""
        # Read by hand: error pages have a language too, also when the query is no text at all.
        wanted = b" ".join(self.request.query_arguments.get("ui_locales", [])).decode("latin-1")
        return choose_locale(f"{wanted} {self.request.headers.get('Accept-Language', '')}")


class PageHandler(PhotoHandler):
    """A page for a person, with a session of its own."""

    @property
    def _cookie(self) -> str:
        return f"photos_{self.site.port}"

    def get_current_user(self) -> SignedIn | None:
        """Return who is signed in by the signed cookie; a stale one is nobody."""
        value = self.get_signed_cookie(self._cookie, max_age_days=_DAY)
        subject, _, at = (value or b"").decode("utf-8", "replace").partition("|")
        account = find_account(subject)
        return SignedIn(account, float(at)) if account else None

    def sign_in(self, account: Account) -> None:
        """Begin a session of *account*."""
        value = f"{account.subject}|{int(self.site.clock())}"
        self.set_signed_cookie(
            self._cookie, value, expires_days=_DAY, httponly=True, samesite="Lax"
        )

    def sign_out(self) -> None:
        """End the session."""
        self.clear_cookie(self._cookie)

    def show(
        self, template: str, *, form_action: str = "", script: bool = False, **values: Any
    ) -> None:
        """Render a page under a policy that allows what it needs and nothing else.

        Args:
            template: File name in ``templates``.
            form_action: A CSP source beside ``'self'`` that a form may end at.
            script: Whether the page has a script; only the one that sends an answer has.
            **values: What the template shows.
        """
        policy = [
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "script-src 'self'" if script else "script-src 'none'",
            f"form-action 'self' {form_action}".rstrip(),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
        self.set_header("Content-Security-Policy", "; ".join(policy))
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.render(template, site=self.site, **values)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say on a page what went wrong."""
        self.show_error(_SENTENCES.get(status_code, _SENTENCES[500]))

    def show_error(self, sentence: str, detail: str = "") -> None:
        """Show *sentence*, a msgid; *detail* is for whoever wrote the client."""
        self.show("error.html", sentence=sentence, detail=detail)


class AssetHandler(StaticFileHandler):
    """Style, icons and backdrops: the same for everybody, nothing personal."""

    def set_extra_headers(self, path: str) -> None:
        """Keep browsers from guessing, and other sites from using it."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")


class NothingHandler(PageHandler):
    """Any address that does not exist."""

    def prepare(self) -> None:
        """Answer 404, after the checks that every request passes."""
        super().prepare()
        raise HTTPError(http.HTTPStatus.NOT_FOUND)

    def check_xsrf_cookie(self) -> None:
        """Change nothing: nothing happens here."""


_SENTENCES = {
    403: "This page was left open too long, or the request came from somewhere else. Start again.",
    404: "There is no such page here.",
    421: "This address is not the photo service's own. Use the link that Coatcheck gave.",
    429: "Too many wrong passwords. Wait a minute, then try again.",
    500: "The photo service could not do that. Try again.",
}
