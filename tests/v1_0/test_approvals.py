"""``/v1.0/approvals``: a program waits, the person answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.served import Answer, Person, Served
from tests.support.waiting import eventually

TOKEN = "/v1.0/profiles/p1/token"


def question(person: Person) -> dict[str, Any]:
    """Wait for the one question that is asked."""
    return eventually(lambda: person.ask("GET", "/v1.0/approvals").json["approvals"])[0]


@pytest.fixture
def ask(served: Served) -> Callable[..., Future[Answer]]:
    """Ask for a token over the socket in a thread of its own."""
    served.add_profile()
    pool = ThreadPoolExecutor(8)
    return lambda **wish: pool.submit(served.ask, "POST", TOKEN, wish, over_socket=True)


def test_a_question_says_which_program_asks_for_what(
    served: Served, ask: Callable[..., Future[Answer]]
) -> None:
    person = served.person()
    asked = ask(scopes=["photos.read"], purpose="to print")
    found = question(person)
    assert found["profile_id"] == "p1"
    assert found["scopes"] == ["photos.read"]
    assert found["says"] == "to print"
    assert found["wider"] is True
    assert found["program"]["name"]
    assert found["program"]["path"].startswith("/")
    assert all(parent["pid"] for parent in found["program"]["parents"])
    assert served.raised == 1
    decided = person.ask("POST", f"/v1.0/approvals/{found['id']}", {"decision": "once"})
    assert decided.status == 200
    assert asked.result().json["access_token"] == "the-access-token"
    assert question_count(person) == 0


def question_count(person: Person) -> int:
    return int(person.ask("GET", "/v1.0/approvals").json["total"])
