"""How every answer looks: protecting headers, JSON, and errors as JSON or as a page."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Any

import msgspec
from tornado.escape import xhtml_escape
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler

from desktop_app.errors import AppError, UnauthenticatedError
from desktop_app.web import errors, security

API_PREFIX = "/v1.0"

_log = logging.getLogger(__name__)


class AnswerHandler(RequestHandler):
    """What is the same in every answer, whoever asks."""

    @property
    def is_api(self) -> bool:
        """Whether this address is the API's, so that errors are JSON."""
        return self.request.path.startswith(f"{API_PREFIX}/") or self.request.path == API_PREFIX

    def set_default_headers(self) -> None:
        """Put the protecting headers on every answer, errors included."""
        for name, value in security.HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def write_json(self, value: object, status: int = 200) -> None:
        """Write *value* as JSON with *status*."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.write(msgspec.json.encode(value, enc_hook=str))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an exception: as JSON under ``/v1.0``, as a page elsewhere."""
        error = errors.to_app_error(kwargs.get("exc_info", (None, None))[1], status_code)
        self.set_status(errors.status_of(error))
        self._set_error_headers(error)
        if self.is_api:
            self.write_json(errors.body_of(error, self.locale), self.get_status())
            self.finish()
        else:
            self.finish(self._error_page(error))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what was raised, without the query: it may hold a ticket."""
        where = f"{self.request.method} {self.request.path}"
        if isinstance(value, StreamClosedError):
            # A closed page or a program that was stopped; nobody is left to be answered.
            _log.debug("%s: who asked went away", where)
        elif isinstance(value, AppError):
            _log.info("%s: %s (%s)", where, value.code, value.detail)
        elif isinstance(value, HTTPError):
            _log.info("%s: %s", where, value.status_code)
        else:
            _log.error("%s failed", where, exc_info=(typ, value, tb))  # type: ignore[arg-type]

    def _has_method(self, name: str) -> bool:
        name = "get" if name == "HEAD" else name.lower()
        return getattr(type(self), name, None) is not getattr(RequestHandler, name, None)

    def _set_error_headers(self, error: AppError) -> None:
        if isinstance(error, errors.MethodNotAllowedError):
            self.set_header("Allow", ", ".join(filter(self._has_method, self.SUPPORTED_METHODS)))
        if isinstance(error, UnauthenticatedError):
            self.set_header("WWW-Authenticate", "Bearer")
        if "seconds" in error.fields:
            self.set_header("Retry-After", str(error.fields["seconds"]))

    def _error_page(self, error: AppError) -> bytes | str:
        message = errors.translated(error, self.locale)
        try:
            return self.render_string(
                "error.html", status=self.get_status(), error=error, message=message
            )
        except Exception:  # noqa: BLE001
            # The page about an error must not fail on its own account.
            _log.exception("the error page failed")
            return f"<!doctype html><title>Coatcheck</title><p>{xhtml_escape(message)}</p>"
