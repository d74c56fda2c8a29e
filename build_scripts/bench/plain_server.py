"""The yardstick of a serving program: Tornado and TinyDB, one handler, nothing else.

Prints ``{"port": …}`` once it listens, like the real one.
"""

from __future__ import annotations

import asyncio
import json
import sys

from tinydb import TinyDB
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler


class PlainHandler(RequestHandler):
    """Answers with how many documents there are."""

    def initialize(self, store: TinyDB) -> None:
        """Take the store."""
        self._store = store

    def get(self) -> None:
        """Answer."""
        self.write({"documents": len(self._store)})


async def serve(path: str) -> None:
    """Serve until the process is ended."""
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([("/", PlainHandler, {"store": TinyDB(path)})]))
    server.add_sockets(sockets)
    print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
