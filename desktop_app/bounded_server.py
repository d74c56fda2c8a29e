"""Tornado's HTTP server with room for one more connection, whoever holds all the others.

Everybody who reaches a port of this machine, other users included, can open connections and say
nothing. Without a bound they would hold every file that the system lets us open: then nobody
gets in any more, and nothing can be written either.
"""

from __future__ import annotations

import sys
from collections.abc import Container
from typing import Any, Final
from weakref import WeakSet

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

_PART: Final = 1 / 2
_MANY: Final = 8_192


class BoundedServer(HTTPServer):
    """Hangs up on the connection that is there longest, if there are too many.

    Those of callers who showed who they are stay; if nobody else is left, no more are taken.
    """

    def initialize(
        self,
        *args: Any,
        most: int | None = None,
        known: Container[IOStream] = (),
        **options: Any,
    ) -> None:
        """Take Tornado's own arguments and the bound.

        Args:
            args: Tornado's.
            most: Connections at once; None is half of the files that may be open.
            known: The connections of callers who showed who they are.
            options: Tornado's.
        """
        super().initialize(*args, **options)
        self._most = most or most_connections()
        self._known = known
        # In the order they came; those that turned out to be known are kept apart.
        self._strange: dict[IOStream, None] = {}
        self._familiar: WeakSet[IOStream] = WeakSet()

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Serve one more, in the place of another if need be."""
        if len(self._strange) + len(self._familiar) >= self._most and not self._make_room():
            stream.close()
            return
        self._strange[stream] = None
        super().handle_stream(stream, address)

    def on_close(self, server_conn: Any) -> None:
        """Forget a connection that was served."""
        self._strange.pop(server_conn.stream, None)
        self._familiar.discard(server_conn.stream)
        super().on_close(server_conn)

    def _make_room(self) -> bool:
        while self._strange:
            oldest = next(iter(self._strange))
            del self._strange[oldest]
            if oldest not in self._known:
                oldest.close()
                return True
            self._familiar.add(oldest)
        return False


def most_connections() -> int:
    """Return how many connections leave enough files for everything else."""
    if sys.platform == "win32":
        return _MANY
    import resource  # not on Windows

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MANY if allowed == resource.RLIM_INFINITY else min(_MANY, int(allowed * _PART))
