"""Whoever holds connections and says nothing keeps nobody else out."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from weakref import WeakSet

from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from desktop_app.bounded_server import BoundedServer, most_connections

MOST = 4

Connect = Callable[[], Awaitable["Line"]]


class Line:
    """One connection of somebody."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, path: str) -> bytes:
        """Return the answer's first line; "" if the server hung up."""
        try:
            self._writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = await self._reader.readuntil(b"\r\n\r\n")
            await self._reader.readexactly(2)
        except (ConnectionError, asyncio.IncompleteReadError):
            return b""
        return head.split(b"\r\n")[0]

    def close(self) -> None:
        self._writer.close()


def serving(story: Callable[[Connect], Awaitable[None]]) -> None:
    """Run *story* against a server that takes few; who asks for ``/known`` is known."""
    known: WeakSet[IOStream] = WeakSet()

    class Handler(RequestHandler):
        async def get(self) -> None:
            if self.request.path == "/known":
                known.add(stream_of(self.request))
            self.write("ok")

    async def run() -> None:
        server = BoundedServer(Application([(r".*", Handler)]), most=MOST, known=known)
        sockets = bind_sockets(0, "127.0.0.1", family=socket.AF_INET)
        server.add_sockets(sockets)
        lines: list[Line] = []

        async def connect() -> Line:
            lines.append(Line(*await asyncio.open_connection(*sockets[0].getsockname())))
            return lines[-1]

        try:
            await asyncio.wait_for(story(connect), 60)
        finally:
            for line in lines:
                line.close()
            server.stop()
            await server.close_all_connections()

    asyncio.run(run())


def stream_of(request: HTTPServerRequest) -> IOStream:
    stream = request.connection.stream  # type: ignore[union-attr]
    assert isinstance(stream, IOStream)
    return stream


def test_the_one_that_is_there_longest_makes_room() -> None:
    async def story(connect: Connect) -> None:
        first, *others = [await connect() for _ in range(MOST)]
        assert b"200" in await others[-1].ask("/")
        assert b"200" in await (await connect()).ask("/")
        assert await first.ask("/") == b""
        assert b"200" in await others[0].ask("/")

    serving(story)


def test_a_known_caller_stays() -> None:
    async def story(connect: Connect) -> None:
        caller = await connect()
        assert b"200" in await caller.ask("/known")
        for _ in range(3 * MOST):
            stranger = await connect()
        assert b"200" in await stranger.ask("/")
        assert b"200" in await caller.ask("/")

    serving(story)


def test_where_all_are_known_no_more_are_taken_until_one_goes() -> None:
    async def story(connect: Connect) -> None:
        callers = [await connect() for _ in range(MOST)]
        for caller in callers:
            assert b"200" in await caller.ask("/known")
        assert await (await connect()).ask("/") == b""
        callers[0].close()
        while not await (await connect()).ask("/"):
            await asyncio.sleep(0.01)
        assert b"200" in await callers[1].ask("/")

    serving(story)


def test_files_are_left_for_everything_else() -> None:
    import resource

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert 0 < most_connections() <= allowed / 2
