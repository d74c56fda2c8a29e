"""The whole table of the API's addresses, named."""

from __future__ import annotations

from tornado.routing import URLSpec

from desktop_app.web.services import Services


def routes(services: Services) -> list[URLSpec]:
    """Return every route of the API with the services that its handler gets."""
    return []
