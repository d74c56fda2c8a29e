from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from desktop_app.oauth.errors import DiscoveryError, EndpointError
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.providers.discovery import LIFETIME, Discovery
from desktop_app.transport.http import HttpClientAdapter
from tests.support.certificates import make_authority
from tests.support.document_server import DocumentServer, document_server

_OPENID = "/.well-known/openid-configuration"
_OAUTH = "/.well-known/oauth-authorization-server"


def _run(test: Callable[[Discovery, DocumentServer, list[float]], Awaitable[None]]) -> None:
    async def run() -> None:
        now = [1000.0]
        discovery = Discovery(http=HttpClientAdapter(), clock=lambda: now[0])
        async with document_server() as server:
            await test(discovery, server, now)

    asyncio.run(run())


def test_an_issuers_document_is_asked_for_once_an_hour() -> None:
    async def test(discovery: Discovery, server: DocumentServer, now: list[float]) -> None:
        issuer = server.describe()
        found = await discovery.of_issuer(issuer)
        assert found.token_endpoint == f"{server.origin}/token"
        await discovery.of_issuer(issuer)
        assert server.asked == [_OPENID]
        now[0] += LIFETIME
        await discovery.of_issuer(issuer)
        assert server.asked == [_OPENID] * 2

    _run(test)


def test_two_sign_ins_at_once_ask_once() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        issuer = server.describe()
        await asyncio.gather(discovery.of_issuer(issuer), discovery.of_issuer(issuer))
        assert server.asked == [_OPENID]

    _run(test)


def test_a_document_of_rfc_8414_is_found_as_well() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        issuer = server.describe(f"{server.origin}/tenant", path=f"{_OAUTH}/tenant")
        assert (await discovery.of_issuer(issuer)).issuer == issuer
        assert server.asked[0] == f"/tenant{_OPENID}"

    _run(test)


@pytest.mark.parametrize("place", ["{origin}/index.php{path}", "/index.php{path}"])
def test_a_document_that_moved_at_the_same_server_is_found(place: str) -> None:
    """As at Nextcloud, whose documented server settings move all of ``/.well-known``."""

    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        issuer = server.describe(path=f"/index.php{_OPENID}")
        server.documents[_OPENID] = place.format(origin=server.origin, path=_OPENID)
        assert (await discovery.of_issuer(issuer)).issuer == issuer

    _run(test)


def test_a_document_that_moved_elsewhere_is_not_looked_for() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        async with document_server() as other:
            issuer = other.describe(server.origin)
            server.documents[_OPENID] = f"{other.origin}{_OPENID}"
            with pytest.raises(DiscoveryError):
                await discovery.of_issuer(issuer)
            assert other.asked == []

    _run(test)


def test_a_document_that_keeps_moving_is_given_up() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        server.documents |= {_OPENID: "/there", "/there": _OPENID}
        with pytest.raises(DiscoveryError):
            await discovery.of_issuer(server.origin)
        assert len(server.asked) < 6

    _run(test)


def test_another_issuers_document_is_refused_and_says_so() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        server.describe("https://somebody-else.example")
        with pytest.raises(DiscoveryError, match="another issuer"):
            await discovery.of_issuer(server.origin)

    _run(test)


def test_a_site_that_is_no_provider_says_so() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        with pytest.raises(DiscoveryError, match="404"):
            await discovery.of_address(server.origin)
        server.documents[_OPENID] = b"<html>Welcome</html>"
        with pytest.raises(DiscoveryError, match="web page"):
            await discovery.of_address(server.origin)

    _run(test)


def test_an_endpoint_that_is_not_encrypted_is_refused() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        issuer = server.describe(token_endpoint="http://example.com/token")
        with pytest.raises(EndpointError):
            await discovery.of_issuer(issuer)

    _run(test)


def test_a_failure_is_not_remembered() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        with pytest.raises(DiscoveryError):
            await discovery.of_issuer(server.origin)
        server.describe()
        assert (await discovery.of_issuer(server.origin)).issuer == server.origin

    _run(test)


@pytest.mark.parametrize("tail", ["", "/", _OPENID])
def test_an_address_is_understood_as_people_paste_it(tail: str) -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        server.describe()
        found = await discovery.of_address(f" {server.origin}{tail} ")
        assert found.issuer == server.origin

    _run(test)


def test_an_issuer_that_ends_with_a_slash_is_found_without_it() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        issuer = server.describe(f"{server.origin}/realm/", path=f"/realm{_OPENID}")
        assert (await discovery.of_address(f"{server.origin}/realm")).issuer == issuer

    _run(test)


def test_nobody_there_is_said_so() -> None:
    async def run() -> None:
        discovery = Discovery(http=HttpClientAdapter(), clock=lambda: 0.0)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            with pytest.raises(ProviderUnreachableError):
                await discovery.of_address(f"127.0.0.1:{closed.getsockname()[1]}")

    asyncio.run(run())


def test_a_further_authority_is_used_for_discovery_and_keys(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)

    async def run() -> None:
        discovery = Discovery(http=HttpClientAdapter(), clock=lambda: 0.0)
        async with document_server(authority.server_context(folder=tmp_path)) as server:
            issuer, ca_file = server.describe(), str(authority.file)
            found = await discovery.of_issuer(issuer, ca_file=ca_file)
            server.documents["/keys"] = {"keys": []}
            assert found.jwks_uri is not None
            assert (await discovery.keys(found.jwks_uri, ca_file=ca_file)).keys == ()
            with pytest.raises(ProviderUnreachableError):
                await discovery.of_issuer(issuer)

    asyncio.run(run())


def test_keys_are_kept_until_fresh_ones_are_asked_for() -> None:
    async def test(discovery: Discovery, server: DocumentServer, _: list[float]) -> None:
        uri = f"{server.origin}/keys"
        server.documents["/keys"] = {"keys": [{"kty": "RSA", "kid": "1"}]}
        assert [key["kid"] for key in (await discovery.keys(uri)).keys] == ["1"]
        server.documents["/keys"] = {"keys": [{"kty": "RSA", "kid": "2"}]}
        assert [key["kid"] for key in (await discovery.keys(uri)).keys] == ["1"]
        assert [key["kid"] for key in (await discovery.keys(uri, fresh=True)).keys] == ["2"]
        assert server.asked == ["/keys", "/keys"]

    _run(test)
