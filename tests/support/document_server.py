"""A provider that only describes itself: JSON documents by path, over a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from typing import Any

from tests.support.raw_http import response, serving


class DocumentServer:
    """Its documents may be changed while it runs; ``asked`` lists every path asked for.

    A text in the place of a document is an address to go on to.
    """

    def __init__(self, *, scheme: str) -> None:
        self.port = 0
        self.documents: dict[str, Any] = {}
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._scheme = scheme

    @property
    def origin(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def describe(self, issuer: str = "", *, path: str = "", **members: Any) -> str:
        """Publish an OpenID discovery document, and return its issuer."""
        issuer = issuer or self.origin
        document = {
            "issuer": issuer,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "jwks_uri": f"{self.origin}/keys",
            **members,
        }
        self.documents[path or "/.well-known/openid-configuration"] = document
        return issuer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        self.asked.append(path)
        await self.gate.wait()
        document = self.documents.get(path)
        if document is None:
            writer.write(response(b"nothing", status="404 Not Found"))
        elif isinstance(document, str):
            writer.write(response(status="302 Found", headers=f"Location: {document}\r\n"))
        elif isinstance(document, bytes):
            writer.write(response(document, headers="Content-Type: text/html\r\n"))
        else:
            body = json.dumps(document).encode()
            writer.write(response(body, headers="Content-Type: application/json\r\n"))
        await writer.drain()


@contextlib.asynccontextmanager
async def document_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[DocumentServer]:
    """Run one on a free port."""
    server = DocumentServer(scheme="https" if tls else "http")
    async with serving(server.serve, tls=tls) as server.port:
        yield server
