"""The way to an MCP server as the person has set it in the program: a proxy, an authority."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from desktop_app.cli.client import ApiError, Client, NotRunningError
from desktop_app.cli.mcp_connection import Place, Way
from desktop_app.cli.running import find, reach
from desktop_app.config import Config

_LOCKED = "locked"


class WayFinder:
    """Asks the program for each connection, since the person may change it at any time.

    Where it is not there to be asked, or locked, the last answer counts; before the first, the
    environment does.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._client: Callable[[Config], Client] = reach
        self._last = Way()

    def __call__(self, place: Place) -> Way:
        """Return the way to *place*.

        Raises:
            ApiError: The program refuses to say.
            StartFailedError: It does not run, and can't be started.
        """
        if not place.is_secure:
            # On this machine, without TLS: there is neither a proxy nor an authority.
            return Way()
        with contextlib.suppress(NotRunningError):
            self._ask(place)
        # It is started once, and stays ended if the person ends it.
        self._client = find
        return self._last

    def _ask(self, place: Place) -> None:
        try:
            found = self._client(self._config).post("/v1.0/ways", {"url": place.url})
        except ApiError as error:
            if error.code != _LOCKED:
                raise
        else:
            self._last = _way(found)


def _way(found: dict[str, Any]) -> Way:
    return Way(found["proxy"], bool(found["has_password"]), found["ca_file"])
