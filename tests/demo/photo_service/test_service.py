"""Starting, stopping and guarding the photo service."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import socket

import pytest

from desktop_app.demo.errors import PhotoPortError
from desktop_app.demo.photo_service import PhotoService
from desktop_app.demo.photo_service.permissions import SCOPES
from tests.support.memory import Clock
from tests.support.photos import READ_SCOPES, Documents, running


def make_service(documents: Documents) -> PhotoService:
    return PhotoService(documents=documents, clock=Clock(), random=secrets.token_bytes)


def take(port: int) -> socket.socket:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen()
    return taken


def test_it_starts_twice_as_once_and_stops_twice_as_once() -> None:
    async def scenario() -> None:
        service = make_service(Documents())
        assert await service.start() == await service.start()
        await service.stop()
        await service.stop()

    asyncio.run(scenario())


def test_a_taken_port_is_changed_while_nothing_depends_on_it() -> None:
    async def scenario() -> None:
        documents = Documents()
        service = make_service(documents)
        issuer = await service.start()
        await service.stop()
        with take(int(issuer.rpartition(":")[2])):
            again = make_service(documents)
            assert await again.start() != issuer
            await again.stop()

    asyncio.run(scenario())


def test_a_taken_port_that_grants_are_bound_to_is_an_error_in_words() -> None:
    async def scenario() -> None:
        documents = Documents()
        async with running(documents) as photos:
            await photos.client.grant()
            port = int(photos.issuer.rpartition(":")[2])
        with take(port), pytest.raises(PhotoPortError, match="port_in_use") as caught:
            await make_service(documents).start()
        assert str(port) in caught.value.message

    asyncio.run(scenario())


def test_a_full_disk_at_the_start_leaves_no_socket_behind() -> None:
    async def scenario() -> None:
        documents = Documents()
        documents.is_full = True
        service = make_service(documents)
        with pytest.raises(OSError, match="no space"):
            await service.start()
        documents.is_full = False
        await service.start()
        await service.stop()

    asyncio.run(scenario())


def test_the_provider_values_are_what_discovery_says() -> None:
    async def scenario() -> None:
        async with running() as photos:
            values = photos.service.provider_values()["photos"]
            for name, value in photos.client.metadata.items():
                if name in values:
                    assert values[name] == value
            assert values["client_id"] == "coatcheck"
            assert values["token_hosts"] == (photos.issuer,)

    asyncio.run(scenario())


def test_discovery_is_the_same_in_both_places_and_promises_what_is_there() -> None:
    """OpenID Connect Discovery section 4, RFC 8414 section 3."""

    async def scenario() -> None:
        async with running() as photos:
            url = f"{photos.issuer}/.well-known/oauth-authorization-server"
            document = json.loads((await photos.client.fetch(url)).body)
            assert document == photos.client.metadata
            assert document["scopes_supported"] == list(SCOPES)
            assert document["code_challenge_methods_supported"] == ["S256"]
            assert document["authorization_response_iss_parameter_supported"] is True

    asyncio.run(scenario())


def test_the_published_keys_have_no_private_part() -> None:
    async def scenario() -> None:
        async with running() as photos:
            response = await photos.client.fetch(photos.client.metadata["jwks_uri"])
            (key,) = json.loads(response.body)["keys"]
            assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "host", ["localhost", "photos.example", "127.0.0.1", "127.0.0.1.photos.example", "127.0.0.1:1"]
)
@pytest.mark.parametrize("path", ["/", "/keys", "/photos", "/nothing"])
def test_another_host_is_refused(host: str, path: str) -> None:
    async def scenario() -> None:
        async with running() as photos:
            response = await photos.client.fetch(f"{photos.issuer}{path}", headers={"Host": host})
            assert response.code == 421

    asyncio.run(scenario())


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/sign-in", "/token", "/consent", "/revoke"])
def test_another_origin_is_refused(origin: str, path: str) -> None:
    async def scenario() -> None:
        async with running() as photos:
            response = await photos.client.fetch(
                f"{photos.issuer}{path}", method="POST", body="", headers={"Origin": origin}
            )
            assert response.code == 403

    asyncio.run(scenario())


@pytest.mark.parametrize("path", ["/", "/nothing", "/authorize", "/keys", "/photos", "/consent"])
def test_every_answer_has_the_headers_that_protect_it(path: str) -> None:
    async def scenario() -> None:
        async with running() as photos:
            headers = (await photos.client.fetch(f"{photos.issuer}{path}")).headers
            policy = headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'")
            assert "frame-ancestors 'none'" in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Frame-Options"] == "DENY"
            assert "Server" not in headers

    asyncio.run(scenario())


def test_it_listens_on_the_loopback_interface_alone() -> None:
    async def scenario() -> None:
        async with running() as photos:
            port = int(photos.issuer.rpartition(":")[2])
            with socket.socket() as free:
                # Another address of this machine can still be bound, so nobody listens there.
                free.bind(("127.0.0.2", port))

    asyncio.run(scenario())


def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> list[str]:
        async with running() as photos:
            client = photos.client
            tokens = await client.grant()
            _, renewed = await client.refresh(tokens["refresh_token"])
            await client.fetch(client.authorization_url(READ_SCOPES, client_id="unknown"))
            secret = [client.state, client.nonce, client.verifier]
            return [*secret, tokens["access_token"], renewed["refresh_token"]]

    caplog.set_level(logging.DEBUG)
    secrets_seen = asyncio.run(scenario())
    assert "photo service" in caplog.text
    assert not [secret for secret in secrets_seen if secret in caplog.text]


def test_an_inherited_oauthlib_variable_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(
                client.authorization_url(READ_SCOPES, redirect_uri="http://evil.example/callback")
            )
            assert page.status == 400
            await client.grant()

    asyncio.run(scenario())
