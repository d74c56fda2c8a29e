from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import InvalidRequestError, LockedError, NotFoundError
from desktop_app.oauth.errors import DiscoveryError, RegistrationError
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.readiness import is_ready
from desktop_app.store.database import Database
from desktop_app.store.providers import ProviderStore
from desktop_app.transport.http import HttpClientAdapter
from tests.support import shipped
from tests.support.document_server import DocumentServer, document_server
from tests.support.registering import make_registrations

_EXPLICIT = {
    "id": "plain",
    "name": "Plain",
    "authorization_endpoint": "https://a.example/authorize",
    "token_endpoint": "https://a.example/token",
    "userinfo_endpoint": "https://a.example/me",
    "client_id": "c",
    "client_secret": "s",
}


class _Room:
    """The service over a real sealed store, with what stands around it."""

    def __init__(self, server: DocumentServer, folder: Path) -> None:
        self.server = server
        self.database = Database(folder / "profiles.db", key=lambda: bytes(32))
        self.store = ProviderStore(self.database)
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.service = ProviderService(
            catalogue=shipped.catalogue(),
            store=self.store,
            http=HttpClientAdapter(),
            clock=lambda: 1000.0,
            publish=lambda event, data: self.events.append((event, data)),
            registrations=make_registrations(lambda: 1000.0),
        )


def _run(test: Callable[[_Room], Awaitable[None]]) -> None:
    async def run(folder: Path) -> None:
        async with document_server() as server:
            room = _Room(server, folder)
            await room.database.open()
            try:
                await test(room)
            finally:
                await room.database.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


def test_an_authority_that_can_not_be_read_is_refused_before_anybody_signs_in() -> None:
    async def test(room: _Room) -> None:
        with tempfile.TemporaryDirectory() as folder:
            empty = Path(folder, "empty.pem")
            empty.touch()
            for ca_file in (empty, Path(folder, "none.pem"), Path(folder)):
                with pytest.raises(InvalidRequestError, match="certificates"):
                    await room.service.add({**_EXPLICIT, "ca_file": str(ca_file)})
        assert list(room.store.all()) == []

    _run(test)


def test_presets_come_first_and_then_the_persons_own() -> None:
    async def test(room: _Room) -> None:
        await room.service.add({**_EXPLICIT, "name": "Aardvark"})
        ids = [each.id for each in room.service.all()]
        assert {each.id for each in shipped.catalogue().all()} == set(ids[:-1])
        assert ids[-1] == "plain"

    _run(test)


def test_an_issuer_is_asked_before_it_is_kept() -> None:
    async def test(room: _Room) -> None:
        with pytest.raises(DiscoveryError):
            await room.service.add({"name": "Work", "issuer": room.server.origin})
        assert not room.store.all()
        room.server.describe(scopes_supported=["openid", "email", "offline_access", "other"])
        provider = await room.service.add({"name": "My Work!", "issuer": room.server.origin + "/"})
        assert provider.issuer == room.server.origin
        assert provider.id == "my-work"
        assert provider.scopes == ("openid", "email", "offline_access")
        assert room.service.get("my-work") == provider
        assert room.events == [("provider_changed", {"id": "my-work"})]

    _run(test)


def test_a_description_tells_openid_from_oauth_alone() -> None:
    """RFC 8414 alone: such a server knows no ``openid`` and gives no ID token."""

    async def test(room: _Room) -> None:
        path = "/.well-known/oauth-authorization-server"
        issuer = room.server.describe(path=path, jwks_uri=None, scopes_supported=["read"])
        provider = await room.service.add({"name": "Plain OAuth", "issuer": issuer})
        assert (provider.protocol, provider.scopes) == ("oauth2", ())
        changed = await room.service.change(provider.id, {"name": "Other", "issuer": issuer})
        assert changed.protocol == "oauth2"
        stated = {"name": "Stated", "issuer": issuer, "protocol": "oidc"}
        assert (await room.service.add(stated)).protocol == "oidc"

    _run(test)


def test_ids_are_made_free_and_given_ones_must_be() -> None:
    async def test(room: _Room) -> None:
        draft = {**_EXPLICIT, "id": None}
        assert (await room.service.add({**draft, "name": "GitHub"})).id == "github-2"
        assert (await room.service.add({**draft, "name": "GitHub"})).id == "github-3"
        assert (await room.service.add({**draft, "name": "OpenID"})).id == "openid-2"
        assert (await room.service.add({**draft, "name": "Ёлка"})).id == "provider"
        with pytest.raises(InvalidRequestError) as caught:
            await room.service.add({**draft, "id": "github"})
        assert caught.value.fields["field"] == "id"

    _run(test)


def test_a_registration_that_nobody_offers_is_told_before_anything_is_kept() -> None:
    async def test(room: _Room) -> None:
        with pytest.raises(RegistrationError):
            await room.service.add({**_EXPLICIT, "client_id": None, "register": True})
        assert room.store.all() == ()
        # An entered client ID wins, so nothing has to be registered.
        assert is_ready(await room.service.add({**_EXPLICIT, "register": True}))

    _run(test)


def test_the_persons_client_makes_a_preset_ready() -> None:
    async def test(room: _Room) -> None:
        assert not is_ready(room.service.get("google"))
        await room.service.change("google", {"client_id": "c"})
        assert not is_ready(room.service.get("google"))
        await room.service.change("google", {"client_id": "c", "client_secret": "s"})
        google = room.service.get("google")
        assert is_ready(google)
        assert google.issuer == "https://accounts.google.com"
        assert google.name == "Google"
        assert room.events[-1] == ("provider_changed", {"id": "google"})

    _run(test)


def test_a_public_client_is_ready_with_its_id_alone() -> None:
    async def test(room: _Room) -> None:
        await room.service.change("gitlab", {"client_id": "c"})
        assert is_ready(room.service.get("gitlab"))

    _run(test)


def test_deleting_a_preset_forgets_what_the_person_entered() -> None:
    async def test(room: _Room) -> None:
        await room.service.change("gitlab", {"client_id": "c"})
        await room.service.delete("gitlab")
        assert room.service.get("gitlab").client_id is None
        with pytest.raises(NotFoundError):
            await room.service.delete("gitlab")

    _run(test)


def test_deleting_an_own_provider_forgets_it() -> None:
    async def test(room: _Room) -> None:
        await room.service.add(_EXPLICIT)
        await room.service.delete("plain")
        with pytest.raises(NotFoundError):
            room.service.get("plain")
        with pytest.raises(NotFoundError):
            await room.service.change("plain", _EXPLICIT)

    _run(test)


def test_other_endpoints_drop_the_secret() -> None:
    async def test(room: _Room) -> None:
        await room.service.add(_EXPLICIT)
        draft = {name: value for name, value in _EXPLICIT.items() if name != "client_secret"}
        same = await room.service.change("plain", {**draft, "name": "Renamed"})
        assert (same.name, same.client_secret) == ("Renamed", "s")
        moved = await room.service.change(
            "plain", {**draft, "token_endpoint": "https://b.example/"}
        )
        assert moved.client_secret is None
        assert room.store.get("plain") == moved

    _run(test)


def test_an_address_that_changed_by_a_slash_alone_keeps_the_secret() -> None:
    async def test(room: _Room) -> None:
        issuer = room.server.describe()
        draft = {"id": "op", "issuer": issuer, "client_id": "c"}
        await room.service.add({**draft, "client_secret": "s"})
        changed = await room.service.change("op", {**draft, "issuer": f"{issuer}/"})
        assert (changed.issuer, changed.client_secret) == (issuer, "s")

    _run(test)


def test_a_failed_change_changes_nothing() -> None:
    async def test(room: _Room) -> None:
        before = await room.service.add(_EXPLICIT)
        with pytest.raises(DiscoveryError):
            await room.service.change("plain", {"issuer": room.server.origin})
        assert room.service.get("plain") == before

    _run(test)


def test_the_built_in_service_stands_in_while_it_runs_and_can_not_be_changed() -> None:
    async def test(room: _Room) -> None:
        preset = room.service.get("photos")
        assert not is_ready(preset)
        with pytest.raises(ProviderUnreachableError):
            await room.service.metadata(preset)
        issuer = room.server.describe()
        room.service.set_runtime(replace(preset, issuer=issuer, client_id="coatcheck"))
        photos = room.service.get("photos")
        assert is_ready(photos)
        assert (await room.service.metadata(photos)).issuer == issuer
        assert photos in room.service.all()
        with pytest.raises(InvalidRequestError):
            await room.service.change("photos", {"client_id": "other"})

    _run(test)


def test_explicit_endpoints_win_over_discovered_ones() -> None:
    async def test(room: _Room) -> None:
        issuer = room.server.describe()
        mine = "https://mine.example/userinfo"
        provider = await room.service.add({"issuer": issuer, "userinfo_endpoint": mine})
        found = await room.service.metadata(provider)
        assert found.userinfo_endpoint == mine
        assert found.token_endpoint == f"{room.server.origin}/token"

    _run(test)


def test_a_provider_without_an_issuer_is_known_by_its_token_endpoint() -> None:
    async def test(room: _Room) -> None:
        found = await room.service.metadata(room.service.get("github"))
        assert found.issuer == "https://github.com/login/oauth/access_token"
        assert found.authorization_endpoint == "https://github.com/login/oauth/authorize"
        assert not room.server.asked

    _run(test)


def test_complete_endpoints_need_no_discovery() -> None:
    async def test(room: _Room) -> None:
        draft = {**_EXPLICIT, "issuer": "https://gone.invalid", "protocol": "oauth2"}
        found = await room.service.metadata(await room.service.add(draft))
        assert found.issuer == "https://gone.invalid"
        assert found.token_endpoint == "https://a.example/token"

    _run(test)


def test_a_pasted_address_is_discovered() -> None:
    async def test(room: _Room) -> None:
        room.server.describe()
        found = await room.service.discover(f"{room.server.origin}/")
        assert found.issuer == room.server.origin

    _run(test)


def test_entries_survive_a_lock_and_nothing_is_told_meanwhile() -> None:
    async def test(room: _Room) -> None:
        own = await room.service.add(_EXPLICIT)
        await room.service.change("google", {"client_id": "c", "client_secret": "s"})
        google = room.service.get("google")
        await room.database.close()
        with pytest.raises(LockedError):
            room.service.all()
        with pytest.raises(LockedError):
            room.service.get("google")
        await room.database.open()
        assert room.service.get("plain") == own
        assert room.service.get("google") == google

    _run(test)
