"""Corporate networks: a real proxy that asks for a password, and authorities of one's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.transport.http import HttpClientAdapter
from desktop_app.transport.proxy import ProxyChoice
from tests.support.certificates import make_authority
from tests.support.connect_proxy import connect_proxy
from tests.support.raw_http import RawServer, raw_server, response
from tests.support.tinyproxy import Tinyproxy, tinyproxy

URL = "https://far.example/token"


@dataclass
class Office:
    """A network that only lets its proxy out, and a provider behind it."""

    proxy: Tinyproxy
    provider: RawServer
    ca_file: str

    async def ask(self, setting: str | None = None, *, url: str = URL) -> HttpResponse:
        choice = ProxyChoice(setting=lambda: setting)
        adapter = HttpClientAdapter(proxies=choice)
        return await adapter.fetch(HttpRequest(method="GET", url=url, ca_file=self.ca_file or None))


@asynccontextmanager
async def office(tmp_path: Path, answer: bytes = response(b"far")) -> AsyncIterator[Office]:
    authority = make_authority(tmp_path)
    tls = authority.server_context(name="far.example", folder=tmp_path)
    async with raw_server(answer, tls=tls) as provider, connect_proxy(provider.port) as far:
        # Started in a thread: the proxy behind it runs in this loop.
        proxies = tinyproxy(tmp_path, upstream=far.port)
        proxy = await asyncio.to_thread(proxies.__enter__)
        try:
            yield Office(proxy, provider, str(authority.file))
        finally:
            await asyncio.to_thread(proxies.__exit__, None, None, None)


def inside(tmp_path: Path, story: Callable[[Office], Awaitable[None]]) -> None:
    async def run() -> None:
        async with office(tmp_path) as there:
            await story(there)

    asyncio.run(run())


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)


def test_the_settings_proxy_gets_its_password_and_tunnels(tmp_path: Path) -> None:
    async def story(there: Office) -> None:
        assert (await there.ask(there.proxy.url)).body == b"far"
        assert there.proxy.asked() == ["CONNECT far.example:443"]
        assert b"Proxy-Authorization" not in there.provider.requests[0]

    inside(tmp_path, story)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_environments_proxy_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async def story(there: Office) -> None:
        monkeypatch.setenv(name, there.proxy.url)
        assert (await there.ask()).body == b"far"
        assert there.proxy.asked() == ["CONNECT far.example:443"]

    inside(tmp_path, story)


@pytest.mark.parametrize(
    ("exceptions", "through"),
    [
        ("far.example", False),
        (".example", False),
        ("*", False),
        ("far.example:443", False),
        ("near.example", True),
        ("far.example:8443", True),
    ],
)
def test_no_proxy_names_what_is_reached_directly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exceptions: str, through: bool
) -> None:
    async def story(there: Office) -> None:
        monkeypatch.setenv("HTTPS_PROXY", there.proxy.url)
        monkeypatch.setenv("NO_PROXY", exceptions)
        if through:
            assert (await there.ask()).body == b"far"
        else:
            # Directly nobody knows that name.
            with pytest.raises(ProviderUnreachableError):
                await there.ask()
        assert bool(there.proxy.asked()) == through

    inside(tmp_path, story)


@pytest.mark.parametrize("credentials", ["", "coatcheck:wrong@", "somebody:hunter2@"])
def test_without_the_right_password_nothing_gets_through(tmp_path: Path, credentials: str) -> None:
    async def story(there: Office) -> None:
        with pytest.raises(ProviderUnreachableError) as caught:
            await there.ask(f"http://{credentials}127.0.0.1:{there.proxy.port}")
        # tinyproxy answers 401 where a wrong password came, and 407 where none did.
        assert "proxy" in str(caught.value.fields["reason"])
        assert "hunter2" not in repr(caught.value)
        assert there.provider.requests == []

    inside(tmp_path, story)


def test_a_port_that_the_proxy_does_not_tunnel_to_is_refused(tmp_path: Path) -> None:
    async def story(there: Office) -> None:
        with pytest.raises(ProviderUnreachableError) as caught:
            await there.ask(there.proxy.url, url="https://far.example:8443/")
        assert caught.value.fields["reason"] == "the proxy doesn't let the connection through"

    inside(tmp_path, story)


def test_nothing_goes_to_the_proxy_unencrypted(tmp_path: Path) -> None:
    """A plain request would show tokens to the proxy and to everybody behind it."""

    async def story(there: Office) -> None:
        with pytest.raises(EndpointError):
            await there.ask(there.proxy.url, url="http://far.example/token")
        assert there.proxy.asked() == []

    inside(tmp_path, story)


def test_the_systems_trust_store_is_enough_without_a_file_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(there: Office) -> None:
        # What an administrator adds to the machine; OpenSSL reads it from here.
        monkeypatch.setenv("SSL_CERT_FILE", there.ca_file)
        there.ca_file = ""
        assert (await there.ask(there.proxy.url)).body == b"far"

    inside(tmp_path, story)


def test_an_authority_that_breaks_tls_open_must_be_trusted_first(tmp_path: Path) -> None:
    async def story(there: Office) -> None:
        there.ca_file = ""
        with pytest.raises(ProviderUnreachableError) as caught:
            await there.ask(there.proxy.url)
        assert "certificate" in str(caught.value.fields["reason"])

    inside(tmp_path, story)
