"""``/v1.0/approvals`` and ``/token``: real programs ask, the person answers."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desktop_app.peers.own import OwnCommand
from desktop_app.peers.system import SystemPeers
from desktop_app.services.lending.askers import Asker
from tests.support.askers import this_program
from tests.support.other_user import as_another_user, peers_to_refuse_them
from tests.support.served import API_KEY, Answer, Person, Served
from tests.support.waiting import eventually

TOKEN = "/v1.0/profiles/p1/token"
PYTHON = os.path.realpath(sys.executable)
# A program of its own, which asks over the socket or the port and prints what it is answered.
ASKS = f"""
import http.client, json, socket, sys
where, wish = sys.argv[1], sys.argv[2]
connection = http.client.HTTPConnection("localhost", timeout=120)
headers = {{}}
if where.isdigit():
    connection = http.client.HTTPConnection("127.0.0.1", int(where), timeout=120)
    headers = {{"Authorization": "Bearer {API_KEY}"}}
else:
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(where)
connection.request("POST", "{TOKEN}", body=wish, headers=headers)
answer = connection.getresponse()
print(json.dumps([answer.status, json.loads(answer.read())]))
"""

Ask = Callable[..., Future[Answer]]


def approvals(person: Person) -> list[dict[str, Any]]:
    return list(person.ask("GET", "/v1.0/approvals").json["approvals"])


def question(person: Person) -> dict[str, Any]:
    """Wait for a question, and return the first."""
    return eventually(lambda: approvals(person))[0]


def decide(person: Person, question_id: str, decision: str, **more: Any) -> Answer:
    return person.ask("POST", f"/v1.0/approvals/{question_id}", {"decision": decision, **more})


@pytest.fixture
def ask(served: Served) -> Iterator[Ask]:
    """Ask for a token over the socket, in a thread of its own."""
    served.add_profile()
    with ThreadPoolExecutor(8) as pool:
        yield lambda **wish: pool.submit(served.ask, "POST", TOKEN, wish, over_socket=True)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "asks.py"
    path.write_text(ASKS)
    return path


def test_a_question_says_which_program_asks_for_what(served: Served, ask: Ask) -> None:
    person = served.person()
    asked = ask(scopes=["photos.read"], purpose="to print")
    found = question(person)
    assert (found["profile_id"], found["scopes"]) == ("p1", ["photos.read"])
    assert (found["says"], found["purpose"], found["wider"]) == ("to print", "token", True)
    assert found["program"]["path"] == this_program().path
    assert all(parent["pid"] for parent in found["program"]["parents"])
    assert person.ask("GET", f"/v1.0/approvals/{found['id']}").json == found
    assert eventually(lambda: served.raised) == 1
    assert decide(person, found["id"], "once").status == 200
    assert asked.result().json["access_token"] == "the-access-token"
    assert approvals(person) == []


@pytest.mark.parametrize("over_socket", [True, False])
def test_a_script_is_asked_about_by_its_own_path(
    served: Served, script: Path, over_socket: bool
) -> None:
    served.add_profile()
    person = served.person()
    where = served.socket_path if over_socket else str(served.port)
    process = subprocess.Popen([PYTHON, script, where, "{}"], stdout=subprocess.PIPE, text=True)
    found = question(person)
    assert (found["program"]["name"], found["program"]["path"]) == ("asks.py", str(script))
    assert found["program"]["kind"] == "script"
    assert found["program"]["pid"] == process.pid
    assert found["may_be_always"] is False
    assert decide(person, found["id"], "always").json["field"] == "decision"
    decide(person, found["id"], "hour")
    assert "the-access-token" in process.communicate(timeout=120)[0]
    loan = served.program("GET", "/v1.0/programs").json["programs"][0]
    assert (loan["program"]["path"], loan["decision"]) == (str(script), "hour")


@pytest.mark.parametrize("over_socket", [True, False])
def test_a_program_that_dies_takes_its_question_along(
    served: Served, script: Path, over_socket: bool
) -> None:
    served.add_profile()
    person = served.person()
    where = served.socket_path if over_socket else str(served.port)
    process = subprocess.Popen([PYTHON, script, where, "{}"])
    found = question(person)
    process.kill()
    process.wait(120)
    eventually(lambda: not approvals(person))
    late = decide(person, found["id"], "always")
    assert (late.status, late.error) == (404, "not_found")
    assert served.program("GET", "/v1.0/programs").json["programs"] == []


class SlowPeers(SystemPeers):
    """Finds out who asks when the test says so."""

    def __init__(self) -> None:
        super().__init__(OwnCommand(), uid=os.geteuid())
        self.asked, self.may_tell, self.told = (threading.Event() for _ in range(3))

    async def identify(self, connection: socket.socket) -> Asker:
        found = await super().identify(connection)
        self.asked.set()
        await asyncio.to_thread(self.may_tell.wait, 60)
        self.told.set()
        return found


def test_who_goes_away_while_the_system_is_asked_leaves_no_question(served: Served) -> None:
    served.add_profile()
    person = served.person()
    peers = SlowPeers()
    served.answer_only(peers)
    with _waiting_connection(served):
        assert peers.asked.wait(120)
    # It lives on, and only its connection is closed: the next request shows that this was heard.
    assert approvals(person) == []
    peers.may_tell.set()
    assert served.program("POST", TOKEN, {"wait_seconds": 0}).error == "approval_required"
    assert peers.told.wait(120)
    assert approvals(person) == []


def test_a_denial_is_answered_at_once(served: Served, ask: Ask) -> None:
    person = served.person()
    asked = ask()
    decide(person, question(person)["id"], "deny")
    assert (asked.result().status, asked.result().error) == (403, "denied")
    again = ask().result()
    assert (again.status, again.error) == (403, "denied")
    assert this_program().name in again.json["message"]
    assert served.program("GET", "/v1.0/programs").json["denied"][0]["decision"] == "deny"


def test_an_approval_in_vain_is_waited_for_as_long_as_is_said(ask: Ask) -> None:
    late = ask(wait_seconds=0.2).result()
    assert (late.status, late.error) == (408, "approval_timeout")
    at_once = ask(wait_seconds=0).result()
    assert (at_once.status, at_once.error) == (403, "approval_required")


def test_a_question_is_answered_once(served: Served, ask: Ask) -> None:
    person, other = served.person(), served.person()
    asked = ask()
    found = question(person)
    assert decide(person, found["id"], "once").status == 200
    second = decide(other, found["id"], "deny")
    assert (second.status, second.error) == (409, "already_decided")
    assert asked.result().status == 200
    assert other.ask("GET", f"/v1.0/approvals/{found['id']}").status == 409


def test_a_session_of_nobody_answers_nothing(served: Served, ask: Ask) -> None:
    person = served.person()
    asked = ask()
    path = f"/v1.0/approvals/{question(person)['id']}"
    altered = {name: value[:-2] for name, value in person.cookies.items() if name != "_xsrf"}
    nobody = Person(served, {**person.cookies, **altered})
    assert nobody.ask("POST", path, {"decision": "always"}).status == 401
    unasked = served.ask("POST", path, {"decision": "always"}, headers={"Cookie": person.cookie})
    assert unasked.status == 403
    elsewhere = person.ask("POST", path, {"decision": "always"}, Origin="https://evil.example")
    assert elsewhere.status == 403
    assert len(approvals(person)) == 1
    assert person.ask("POST", path, {"decision": "deny"}).status == 200
    assert asked.result().error == "denied"


def test_a_program_can_neither_see_nor_answer_a_question(served: Served, ask: Ask) -> None:
    person = served.person()
    asked = ask()
    found = question(person)
    path = f"/v1.0/approvals/{found['id']}"
    for answer in (
        served.program("GET", "/v1.0/approvals"),
        served.program("GET", path),
        served.program("POST", path, {"decision": "always"}),
        served.ask("POST", path, {"decision": "always"}, over_socket=True),
        served.program("POST", path, {"decision": "always"}, Cookie=person.cookie),
    ):
        assert (answer.status, answer.error) == (403, "person_required")
    decide(person, found["id"], "deny")
    asked.result()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"decision": "yes"},
        {"decision": "once", "scopes": "photos.read"},
        {"decision": "once", "scopes": ["photos.delete"]},
        {"decision": "once", "scopes": []},
        {"decision": "once", "for": "1h"},
    ],
)
def test_an_answer_that_makes_no_sense_leaves_the_question_open(
    served: Served, ask: Ask, answer: dict[str, Any]
) -> None:
    person = served.person()
    asked = ask()
    found = question(person)
    refused = person.ask("POST", f"/v1.0/approvals/{found['id']}", answer)
    assert (refused.status, refused.error) == (400, "invalid_request")
    decide(person, found["id"], "once", scopes=["photos.read"])
    assert asked.result().status == 200


def test_a_lock_ends_the_wait(served: Served, ask: Ask) -> None:
    person = served.person()
    asked = ask()
    question(person)
    served.lock()
    assert (asked.result().status, asked.result().error) == (423, "locked")
    assert (ask().result().status, person.ask("GET", "/v1.0/approvals").status) == (423, 423)


def test_what_was_allowed_holds_after_a_lock(served: Served, ask: Ask) -> None:
    person = served.person()
    asked = ask()
    decide(person, question(person)["id"], "hour")
    asked.result()
    served.lock()
    served.unlock()
    assert ask(wait_seconds=0).result().status == 200
    served.clock.now += 3_600
    assert ask(wait_seconds=0).result().status == 403


def test_a_thousand_requests_are_all_answered(served: Served, ask: Ask) -> None:
    person = served.person()
    asked = ask()
    decide(person, question(person)["id"], "hour")
    assert asked.result().status == 200
    answers = [ask(wait_seconds=0) for _ in range(1_000)]
    assert {each.result().status for each in answers} == {200}
    entries = served.program("GET", "/v1.0/activity?outcome=given").json
    assert entries["total"] == 1_001
    assert served.program("GET", "/v1.0/activity/verify").json == {"ok": True, "entries": 1_002}


def test_a_hundred_wait_at_once(served: Served) -> None:
    served.add_profile()
    person = served.person()
    connections = [_waiting_connection(served) for _ in range(100)]
    found = question(person)
    decide(person, found["id"], "hour")
    for each in connections:
        with each:
            assert each.recv(12) == b"HTTP/1.1 200"


def _waiting_connection(served: Served) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(120)
    connection.connect(served.socket_path)
    connection.sendall(
        f"POST {TOKEN} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    )
    return connection


@pytest.mark.parametrize("over_socket", [True, False])
def test_another_user_of_the_machine_is_refused(served: Served, over_socket: bool) -> None:
    served.add_profile()
    host = "localhost" if over_socket else served.host
    request = (
        f"POST {TOKEN} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {API_KEY}\r\n"
        "Connection: close\r\nContent-Length: 2\r\n\r\n{}"
    )
    address = served.socket_path if over_socket else ("127.0.0.1", served.port)
    answers: list[bytes] = []
    served.answer_only(peers_to_refuse_them())
    with as_another_user(address, request.encode(), answer=answers):
        pass
    assert answers[0].startswith(b"HTTP/1.1 403 ")
    assert b'"forbidden"' in answers[0]
    assert approvals_of(served) == 0


def approvals_of(served: Served) -> int:
    return len(served.services.programs.questions())
