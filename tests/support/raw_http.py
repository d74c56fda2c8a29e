"""Servers that answer with exact bytes, for a client that must survive all of them."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(answer: Answer, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve every connection with *answer* on a free port, given; leave nothing behind."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class RawServer:
    """Where it listens, and the head of every request that came in."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[bytes] = []


@contextlib.asynccontextmanager
async def raw_server(
    answer: Answer | bytes, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[RawServer]:
    """Serve *answer*, bytes or a coroutine, to every request."""
    state = RawServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        state.requests.append(await reader.readuntil(b"\r\n\r\n"))
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(reader, writer)

    async with serving(serve, tls=tls) as state.port:
        yield state


def response(body: bytes = b"{}", *, status: str = "200 OK", headers: str = "") -> bytes:
    """Return the bytes of a complete answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode("latin-1") + body
