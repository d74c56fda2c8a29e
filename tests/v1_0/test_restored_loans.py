"""``/v1.0/programs/{id}/restore``: a taking back is undone."""

from __future__ import annotations

from tests.support.askers import made_up_program
from tests.support.served import NOW, Served

PATH = "/v1.0/programs/l1/restore"


def test_what_was_taken_back_can_be_had_again_as_it_was(served: Served) -> None:
    served.add_profile()
    served.add_loan("l1", program=made_up_program(), decision="hour", until=NOW + 600)
    person = served.person()
    before = person.ask("GET", "/v1.0/programs").json
    assert person.ask("DELETE", "/v1.0/programs/l1").status == 204
    assert person.ask("GET", "/v1.0/programs").json["total"] == 0
    assert person.ask("POST", PATH, {}).status == 200
    assert person.ask("GET", "/v1.0/programs").json == before
    log = person.ask("GET", "/v1.0/activity").json["activity"]
    assert [entry["outcome"] for entry in log] == ["allowed", "revoked"]


def test_it_comes_back_once_and_no_longer_than_it_held(served: Served) -> None:
    served.add_profile()
    served.add_loan("l1", program=made_up_program(), decision="hour", until=NOW + 600)
    person = served.person()
    assert person.ask("POST", PATH, {}).status == 404
    person.ask("DELETE", "/v1.0/programs/l1")
    served.clock.now += 700
    assert person.ask("POST", PATH, {}).status == 404
    assert person.ask("GET", "/v1.0/programs").json["total"] == 0


def test_locking_forgets_what_was_taken_back(served: Served) -> None:
    served.add_profile()
    served.add_loan("l1", program=made_up_program())
    person = served.person()
    person.ask("DELETE", "/v1.0/programs/l1")
    served.lock()
    served.unlock()
    assert person.ask("POST", PATH, {}).status == 404


def test_neither_a_program_nor_a_stranger_nor_a_foreign_page_gets_it_back(served: Served) -> None:
    served.add_profile()
    served.add_loan("l1", program=made_up_program())
    person = served.person()
    person.ask("DELETE", "/v1.0/programs/l1")
    assert served.ask("POST", PATH, {}).status == 401
    assert served.program("POST", PATH, {}).status == 403
    assert person.ask("POST", PATH, {}, Origin="https://evil.example").status == 403
    assert person.ask("POST", PATH, {"more": 1}).status == 400
