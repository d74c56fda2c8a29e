"""One preset, many servers: an entry for each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desktop_app.errors import InvalidRequestError
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.readiness import is_ready
from desktop_app.transport.http import HttpClientAdapter
from tests.support import shipped
from tests.support.account_stores import Disk, ProviderEntries
from tests.support.document_server import DocumentServer, document_server
from tests.support.registering import make_registrations

_CLIENT = {"client_id": "c", "client_secret": "s"}


class _Room:
    def __init__(self, server: DocumentServer) -> None:
        self.server = server
        self.store = ProviderEntries(Disk())
        self.service = ProviderService(
            catalogue=shipped.catalogue(),
            store=self.store,
            http=HttpClientAdapter(),
            clock=lambda: 1000.0,
            publish=lambda *_: None,
            registrations=make_registrations(lambda: 1000.0),
        )

    def draft(self, template: str = "mastodon", **parts: Any) -> dict[str, Any]:
        return {"template": template, "values": {"host": self.server.origin}, **_CLIENT, **parts}


def _run(scene: Callable[[_Room], Awaitable[None]]) -> None:
    async def run() -> None:
        async with document_server() as server:
            await scene(_Room(server))

    asyncio.run(run())


def test_a_server_becomes_an_entry_with_the_presets_ways() -> None:
    async def scene(room: _Room) -> None:
        made = await room.service.add(room.draft())
        assert made.origin == "own"
        assert made.template == "mastodon"
        assert made.name == room.server.origin.removeprefix("http://")
        assert made.token_endpoint == f"{room.server.origin}/oauth/token"
        assert made.scope_texts["read:accounts"].text == "See your profile"
        assert is_ready(made)
        assert room.service.servers("mastodon") == [made]
        assert room.service.get(made.id) in room.service.all()

    _run(scene)


def test_what_is_kept_is_the_persons_part_alone() -> None:
    """So that a newer version of the preset is used with it."""

    async def scene(room: _Room) -> None:
        made = await room.service.add(room.draft())
        kept = room.store.get(made.id)
        assert kept is not None
        assert kept.token_endpoint is None
        assert kept.scope_texts == {}

    _run(scene)


def test_two_servers_stand_beside_each_other() -> None:
    async def scene(room: _Room) -> None:
        one = await room.service.add(room.draft())
        other = await room.service.add(room.draft(values={"host": "social.example.org"}))
        assert one.id != other.id
        assert other.token_endpoint == "https://social.example.org/oauth/token"
        with pytest.raises(InvalidRequestError) as caught:
            await room.service.add(room.draft())
        assert caught.value.fields["field"] == "host"

    _run(scene)


def test_an_issuer_is_asked_and_its_own_spelling_kept() -> None:
    async def scene(room: _Room) -> None:
        room.server.describe(room.server.origin + "/")
        made = await room.service.add(room.draft("gitea"))
        assert made.issuer == room.server.origin + "/"
        assert (await room.service.metadata(made)).token_endpoint == f"{room.server.origin}/token"

    _run(scene)


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"template": "github"}, "template"),
        ({"template": "nothing"}, "template"),
        ({"values": {}}, "host"),
        ({"values": None}, "values"),
        ({"token_endpoint": "https://evil.example/"}, "token_endpoint"),
        ({"id": "github"}, "id"),
        ({"id": 3}, "id"),
        ({"name": 3}, "name"),
    ],
)
def test_what_can_not_be_a_server_is_refused(parts: dict[str, Any], field: str) -> None:
    async def scene(room: _Room) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            await room.service.add(room.draft(**parts))
        assert caught.value.fields["field"] == field
        assert room.service.servers("mastodon") == []

    _run(scene)


def test_a_servers_client_can_be_changed_and_the_server_itself_not() -> None:
    async def scene(room: _Room) -> None:
        made = await room.service.add(room.draft())
        changed = await room.service.change(made.id, {"client_id": "d", "client_secret": "t"})
        assert (changed.client_id, changed.token_endpoint) == ("d", made.token_endpoint)
        with pytest.raises(InvalidRequestError):
            await room.service.change(made.id, {"values": {"host": "evil.example"}})
        with pytest.raises(InvalidRequestError):
            await room.service.change(made.id, {"token_endpoint": "https://evil.example/"})

    _run(scene)


def test_a_preset_waits_for_what_it_asks_the_person() -> None:
    async def scene(room: _Room) -> None:
        before = await room.service.change("odnoklassniki", _CLIENT)
        assert not is_ready(before)
        told = {**_CLIENT, "values": {"application_key": "CBA"}}
        after = await room.service.change("odnoklassniki", told)
        assert is_ready(after)
        assert after.userinfo.call.query["application_key"] == "CBA"

    _run(scene)


def test_an_answer_that_is_sent_back_changes_nothing() -> None:
    """A page sends what it was told with what the person changed: the rest has to stay."""

    async def scene(room: _Room) -> None:
        made = await room.service.add(room.draft(scopes=["read"], extra_parameters={"a": "b"}))
        kept = room.store.get(made.id)
        told = {
            "id": made.id,
            "name": made.name,
            "values": dict(made.values),
            "client_id": made.client_id,
            "scopes": list(made.scopes),
            "extra_parameters": dict(made.extra_parameters),
            "token_endpoint": made.token_endpoint,
            "token_hosts": list(made.token_hosts),
            "register": made.register,
        }
        assert await room.service.change(made.id, told) == made
        assert room.store.get(made.id) == kept
        changed = await room.service.change(made.id, {**told, "dpop": True})
        assert (changed.dpop, changed.client_secret) == (True, "s")

    _run(scene)
