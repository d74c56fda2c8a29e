from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import LockedError
from desktop_app.oauth.registration import Registration
from desktop_app.providers.model import Guide, Provider, Redirect, ScopeText
from desktop_app.services.accounts import Picture
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.store.database import Database
from desktop_app.store.documents import DocumentStore
from desktop_app.store.errors import DiskFullError
from desktop_app.store.pictures import PictureStore
from desktop_app.store.profiles import ProfileStore
from desktop_app.store.providers import ProviderStore
from desktop_app.store.registrations import RegistrationStore
from tests.support.keeping import largest_file, make_database, make_profile

_KEY = bytes(32)
_PROVIDER = Provider(
    id="own",
    name="Our own",
    issuer="https://issuer.example",
    client_secret="s3cret",
    redirect=Redirect(host="localhost", port=8080),
    scope_texts={"openid": ScopeText(kind="see", text="Know who you are")},
    guide=Guide(steps=("One", "Two")),
    token_hosts=("https://api.example",),
)
_CLIENT = RegisteredClient(
    provider="own",
    issuer="https://id.example",
    token_endpoint="https://id.example/token",
    endpoint="https://id.example/register",
    registration=Registration(
        client_id="c", client_secret="s", metadata={"redirect_uris": [], "logo": None}
    ),
    redirect=Redirect(host="localhost"),
    redirect_uris=("http://localhost:20000/callback",),
    scopes=("openid",),
    client_authentication="client_secret_basic",
    registered_at=1_770_000_000.0,
    former=(Registration(client_id="b"),),
)
_PICTURE = Picture(profile_id="p1", png=b"\x89PNG\0\xff", source_url="https://x/", fetched_at=4.5)


def _run(folder: Path, scenario: Callable[[Database], Any]) -> None:
    async def main() -> None:
        database = make_database(folder, _KEY)
        await scenario(database)
        await database.close()

    asyncio.run(main())


def test_profiles_are_found_by_account_also_after_a_restart(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        store = ProfileStore(database)
        await database.open()
        await store.save(make_profile("p1", subject="1"))
        await store.save(make_profile("p2", subject="2"))
        await database.close()
        await database.open()
        assert store.find("https://issuer.example", "2") == make_profile("p2", subject="2")
        assert store.find("https://other.example", "2") is None
        assert [p.id for p in store.all()] == ["p1", "p2"]

    _run(tmp_path, scenario)


def test_the_account_index_follows_changes_and_removals(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        store = ProfileStore(database)
        await database.open()
        profile = make_profile(subject="1")
        await store.save(profile)
        await store.save(replace(profile, subject="9"))
        assert store.find(profile.issuer, "1") is None
        assert store.find(profile.issuer, "9") is not None
        await store.delete("p1")
        assert store.find(profile.issuer, "9") is None
        assert store.get("p1") is None

    _run(tmp_path, scenario)


def test_a_profile_that_is_not_saved_is_not_seen(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        store = ProfileStore(database)
        await database.open()
        await store.save(make_profile(label="before"))
        with largest_file(5000), pytest.raises(DiskFullError):
            await store.save(make_profile(label="after" * 5000))
        found = store.get("p1")
        assert found is not None
        assert found.label == "before"

    _run(tmp_path, scenario)


def test_a_save_whose_caller_goes_away_is_seen(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        store = ProfileStore(database)
        await database.open()
        task = asyncio.create_task(store.save(make_profile()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await DocumentStore(database).save("after", {})
        assert store.get("p1") == make_profile()

    _run(tmp_path, scenario)


def test_missing_and_unknown_fields_are_tolerated(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        store = ProfileStore(database)
        await database.open()
        smallest = {"id": "p", "provider": "x", "issuer": "i", "subject": "s"}
        times = {"created_at": 1, "updated_at": 2, "last_seen_at": 3}
        await database.table("profiles").put("p", smallest | times | {"later": True})
        await database.table("profiles").put("broken", {"id": 7})
        found = store.find("i", "s")
        assert found is not None
        assert found.label == ""
        assert store.get("broken") is None
        assert len(store.all()) == 1
        assert database.table("profiles").document("broken") == {"id": 7}

    _run(tmp_path, scenario)


def test_providers_pictures_and_documents_survive_a_restart(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        providers, pictures = ProviderStore(database), PictureStore(database)
        documents, registrations = DocumentStore(database), RegistrationStore(database)
        await database.open()
        await providers.save(_PROVIDER)
        await registrations.save(_CLIENT)
        await pictures.save(_PICTURE)
        await documents.save("photos.keys", {"jwks": [1, None, {"kid": "a"}]})
        await database.close()
        await database.open()
        assert providers.get("own") == _PROVIDER
        assert providers.all() == (_PROVIDER,)
        assert registrations.get("own") == _CLIENT
        assert pictures.get("p1") == _PICTURE
        assert documents.get("photos.keys") == {"jwks": [1, None, {"kid": "a"}]}
        await providers.delete("own")
        await registrations.delete("own")
        assert registrations.get("own") is None
        await pictures.delete("p1")
        await documents.delete("photos.keys")
        assert (providers.get("own"), pictures.get("p1"), documents.get("x")) == (None, None, None)

    _run(tmp_path, scenario)


def test_every_method_says_locked_while_it_is(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        profiles, providers = ProfileStore(database), ProviderStore(database)
        pictures, documents = PictureStore(database), DocumentStore(database)
        registrations = RegistrationStore(database)
        await database.open()
        await profiles.save(make_profile())
        await database.close()
        reads: list[Callable[[], object]] = [
            lambda: profiles.get("p1"),
            lambda: profiles.find("https://issuer.example", "1"),
            profiles.all,
            lambda: providers.get("own"),
            providers.all,
            lambda: pictures.get("p1"),
            lambda: documents.get("x"),
            lambda: registrations.get("x"),
        ]
        for read in reads:
            with pytest.raises(LockedError):
                read()
        writes = [
            profiles.save(make_profile()),
            profiles.delete("p1"),
            providers.save(_PROVIDER),
            providers.delete("own"),
            pictures.save(_PICTURE),
            pictures.delete("p1"),
            documents.save("x", {}),
            registrations.save(_CLIENT),
            registrations.delete("x"),
            documents.delete("x"),
        ]
        for write in writes:
            with pytest.raises(LockedError):
                await write

    _run(tmp_path, scenario)
