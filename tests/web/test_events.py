"""Every change is pushed over a WebSocket, to our own pages and to programs alone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.support.served import API_KEY, Served

KEY = {"Authorization": f"Bearer {API_KEY}"}


async def connect(
    served: Served, headers: dict[str, str], query: str = ""
) -> WebSocketClientConnection:
    url = f"ws://{served.host}/v1.0/events{query}"
    return await websocket_connect(HTTPRequest(url, headers=headers))


async def first_message(
    served: Served, headers: dict[str, str], change: Callable[[], Awaitable[Any]]
) -> Any:
    connection = await connect(served, headers)
    await change()
    message = await connection.read_message()
    connection.close()
    assert message is not None
    return json.loads(message)


@pytest.mark.parametrize("who", ["program", "person"])
def test_a_change_reaches_who_listens(served: Served, who: str) -> None:
    headers = KEY if who == "program" else {**served.person().headers, "Origin": served.origin}
    served.add_profile()

    async def rename() -> None:
        await served.services.profiles.rename("p1", "Holidays")

    message = served.run(first_message(served, headers, rename))
    assert message["event"] == "profile_changed"
    assert message["data"]["id"] == "p1"


@pytest.mark.parametrize(("behind", "event"), [(0, "profile_changed"), (1, "missed")])
def test_a_page_is_told_that_it_missed_something_and_only_then(
    served: Served, behind: int, event: str
) -> None:
    served.add_profile()

    async def listen() -> Any:
        await served.services.profiles.rename("p1", "Before")
        after = f"?after={served.events.count - behind}"
        connection = await connect(served, KEY, after)
        await served.services.profiles.rename("p1", "Holidays")
        message = await connection.read_message()
        connection.close()
        return json.loads(message or "")

    assert served.run(listen())["event"] == event


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({**KEY, "Origin": "http://evil.example"}, 403),
        ({**KEY, "Origin": "null"}, 403),
        ({**KEY, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**KEY, "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_strangers_and_foreign_pages_hear_nothing(
    served: Served, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(HTTPClientError) as caught:
        served.run(connect(served, headers))
    assert caught.value.code == status


def test_an_origin_of_another_scheme_is_refused_although_host_and_port_match(
    served: Served,
) -> None:
    person = served.person()
    for origin in (f"https://{served.host}", f"ws://{served.host}"):
        with pytest.raises(HTTPClientError) as caught:
            served.run(connect(served, {"Cookie": person.cookie, "Origin": origin}))
        assert caught.value.code == 403


def test_a_plain_request_is_no_websocket(served: Served) -> None:
    answer = served.program("GET", "/v1.0/events")
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_another_method_is_refused_as_everywhere_in_the_api(served: Served) -> None:
    answer = served.program("POST", "/v1.0/events", {})
    assert (answer.status, answer.json["error"]) == (405, "method_not_allowed")


def test_what_comes_from_the_other_end_is_ignored_and_its_end_is_noticed(served: Served) -> None:
    async def talk() -> None:
        connection = await connect(served, KEY)
        await connection.write_message("x" * 1_000)
        connection.close()
        assert await connection.read_message() is None

    served.run(talk())
    for number in range(3):
        served.events.publish("locked", {"number": number})
    assert served.program("GET", "/v1.0/health").status == 200


def test_locking_reaches_every_listener(served: Served) -> None:
    async def listen() -> list[Any]:
        connections = [await connect(served, KEY) for _ in range(3)]
        await served.services.lock.lock()
        messages = [await each.read_message() for each in connections]
        for each in connections:
            each.close()
        return [json.loads(message or "")["event"] for message in messages]

    assert served.run(listen()) == ["locked"] * 3
