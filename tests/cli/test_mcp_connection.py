"""How an MCP server is reached: TLS as the system trusts it, through the environment's proxy."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from pathlib import Path

import pytest

from desktop_app.cli.mcp_connection import Way, connect, place_of
from tests.support.certificates import make_authority
from tests.support.connect_proxy import connect_proxy

URL = "https://tools.example/mcp"


async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    await writer.drain()
    writer.close()


def fetch(way: Way | None = None) -> bytes:
    with contextlib.closing(connect(place_of(URL), way)) as connection:
        connection.request("GET", "/mcp")
        return connection.getresponse().read()


@pytest.fixture
def served_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the authority that the system trusts."""
    for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "none").mkdir()
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    return tmp_path


def reached(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, name: str, trusted: bool
) -> tuple[bytes, list[str]]:
    """Ask a server with a certificate for *name* through a proxy; return what both were told."""
    authority = make_authority(folder)
    other = make_authority(folder, "Another")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file if trusted else other.file))
    context = authority.server_context(name=name, folder=folder)

    async def ask() -> tuple[bytes, list[str]]:
        server = await asyncio.start_server(hello, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        async with server, connect_proxy(port) as proxy:
            monkeypatch.setenv("https_proxy", f"http://maria:p%40ss@127.0.0.1:{proxy.port}")
            return await asyncio.to_thread(fetch), proxy.heads

    return asyncio.run(ask())


def test_a_server_is_reached_through_the_proxy(
    served_as: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, heads = reached(served_as, monkeypatch, name="tools.example", trusted=True)
    assert body == b"hello"
    assert heads[0].startswith("CONNECT tools.example:443 HTTP/1.")
    assert base64.b64encode(b"maria:p@ss").decode() in heads[0]


def test_the_person_s_proxy_and_authority_count_first(
    served_as: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = make_authority(served_as)
    context = authority.server_context(name="tools.example", folder=served_as)
    monkeypatch.setenv("SSL_CERT_FILE", str(make_authority(served_as, "Another").file))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")

    async def ask() -> tuple[bytes, list[str]]:
        server = await asyncio.start_server(hello, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        async with server, connect_proxy(port) as proxy:
            way = Way(f"http://127.0.0.1:{proxy.port}", ca_file=str(authority.file))
            return await asyncio.to_thread(fetch, way), proxy.heads

    body, heads = asyncio.run(ask())
    assert (body, len(heads)) == (b"hello", 1)


def test_a_proxy_whose_password_only_the_person_has_is_told_of(
    served_as: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("https_proxy", raising=False)
    with pytest.raises(OSError, match="wants a password"):
        fetch(Way("http://proxy.example:3128", has_password=True))


@pytest.mark.parametrize(("name", "trusted"), [("tools.example", False), ("other.example", True)])
def test_a_server_that_the_system_does_not_trust_gets_nothing(
    served_as: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, trusted: bool
) -> None:
    with pytest.raises(ssl.SSLError):
        reached(served_as, monkeypatch, name=name, trusted=trusted)


@pytest.mark.parametrize(
    ("url", "again"),
    [
        ("https://tools.example/mcp?a=b", "https://tools.example:443/mcp?a=b"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]:443/"),
        ("http://localhost:8000/", "http://localhost:8000/"),
    ],
)
def test_a_place_has_one_whole_address(url: str, again: str) -> None:
    assert place_of(url).url == again
    assert place_of(again) == place_of(url)
