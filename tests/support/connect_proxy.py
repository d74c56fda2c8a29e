"""A small HTTP proxy that only knows CONNECT (RFC 9110 section 9.3.6)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from tests.support.raw_http import serving


class ConnectProxy:
    """What was asked of the proxy; ``target`` is where every tunnel really ends."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.heads: list[str] = []
        self._target = target
        self.answer = b"HTTP/1.1 200 Connection established\r\n\r\n"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one CONNECT and carry bytes both ways."""
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        writer.write(self.answer)
        await writer.drain()
        if b" 200 " in self.answer:
            await self._carry(reader, writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            far_writer.close()
            with contextlib.suppress(OSError):
                await far_writer.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def connect_proxy(target: int) -> AsyncIterator[ConnectProxy]:
    """Run a proxy whose tunnels all end at port *target* of this machine."""
    proxy = ConnectProxy(target)
    async with serving(proxy.serve) as proxy.port:
        yield proxy
