"""From the services to a program that answers: the port, the socket and the application."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from desktop_app.composition.interface import STATIC, TEMPLATES
from desktop_app.config import Config
from desktop_app.program import Program, bind
from desktop_app.v1_0.schemas.activity import activity_body
from desktop_app.v1_0.urls import api_routes
from desktop_app.web.application import make_application, make_server
from desktop_app.web.pages.routes import page_routes
from desktop_app.web.sessions import Sessions

if TYPE_CHECKING:
    from desktop_app.app import Core


def serve(core: Core, config: Config) -> Program:
    """Bind the port and the socket and let *core* answer on both.

    Raises:
        PortTakenError: The port that was asked for can't be had.
        SocketTakenError: The place of the Unix socket can't be had.
    """
    sockets = bind(config.port, config.folder)
    port = sockets[0].getsockname()[1]
    sessions = Sessions(port=port, clock=core.clock, random=secrets.token_bytes)
    api_key = secrets.token_urlsafe(32)
    application = make_application(
        core.services,
        port=port,
        api_key=api_key,
        sessions=sessions,
        locales=core.locales,
        template_path=TEMPLATES,
        static_path=STATIC,
        routes=[
            *api_routes(core.services),
            *page_routes(core.services, activity_body=activity_body),
        ],
    )
    server = make_server(application)
    server.add_sockets(sockets)
    return Program(
        folder=config.folder,
        port=port,
        api_key=api_key,
        server=server,
        issue_ticket=lambda lifetime: sessions.issue_ticket(lifetime=lifetime),
        preferences=core.preferences,
        enders=(core.lock.close,),
        has_socket=len(sockets) > 1,
        is_watched=lambda: core.events.is_watched,
    )
