"""Puts the routes, the gate and Tornado's settings together."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.routing import URLSpec
from tornado.web import Application, RequestHandler

from desktop_app.bounded_server import BoundedServer
from desktop_app.web.base import NotFoundHandler
from desktop_app.web.gate import Gate
from desktop_app.web.json_body import MAX_BODY
from desktop_app.web.locale import Locales
from desktop_app.web.services import Services
from desktop_app.web.sessions import Sessions
from desktop_app.web.static import StaticHandler

LOGIN_PATH = "/signed-out"

_MAX_HEADER = 1 << 16
_PING_SECONDS = 30.0

_log = logging.getLogger(__name__)


class CoatcheckApplication(Application):
    """Tornado's application and the gate that every handler of it asks."""

    def __init__(self, specs: Sequence[URLSpec], *, gate: Gate, **settings: Any) -> None:
        super().__init__(list(specs), **settings)
        self.gate = gate


def make_application(
    services: Services,
    *,
    port: int,
    api_key: str,
    sessions: Sessions,
    locales: Locales,
    template_path: Path,
    static_path: Path,
    routes: Sequence[URLSpec],
) -> CoatcheckApplication:
    """Return the whole application: the API, the pages and the static files.

    Args:
        services: What the handlers may ask for.
        port: The TCP port that is already bound; Host and Origin must name it.
        api_key: What a program sends as its bearer token.
        sessions: Tickets and sessions; made for the same port.
        locales: The window's languages.
        template_path: Folder of the pages' templates.
        static_path: Folder of stylesheets, scripts and pictures.
        routes: The API's and the pages'; one is named ``unlock``.
    """
    gate = _make_gate(services, port=port, api_key=api_key, sessions=sessions, locales=locales)
    return CoatcheckApplication(
        routes,
        gate=gate,
        cookie_secret=sessions.cookie_secret,
        default_handler_class=NotFoundHandler,
        log_function=log_request,
        login_url=LOGIN_PATH,
        static_handler_class=StaticHandler,
        static_path=str(static_path),
        template_path=str(template_path),
        websocket_max_message_size=_MAX_HEADER,
        websocket_ping_interval=_PING_SECONDS,
        xsrf_cookie_kwargs={"samesite": "Strict"},
        xsrf_cookies=True,
    )


def make_server(application: CoatcheckApplication) -> HTTPServer:
    """Return a server with limits for *application*; the caller adds the bound sockets."""
    return BoundedServer(
        application,
        known=application.gate.known,
        max_body_size=2 * MAX_BODY,
        max_header_size=_MAX_HEADER,
    )


def log_request(handler: RequestHandler) -> None:
    """Log one request without its query, which may hold a ticket or a pasted address."""
    request = handler.request
    milliseconds = 1000.0 * request.request_time()
    _log.info("%s %s %s %.1f ms", request.method, request.path, handler.get_status(), milliseconds)


def _make_gate(
    services: Services, *, port: int, api_key: str, sessions: Sessions, locales: Locales
) -> Gate:
    return Gate(
        port=port,
        api_key=api_key,
        sessions=sessions,
        locales=locales,
        language=lambda: services.settings.get().language,
        theme=lambda: services.settings.get().theme,
        is_locked=lambda: services.lock.locked,
        touch=services.lock.touch,
        peers=services.peers,
    )
