"""``/v1.0/expirations`` and ``/v1.0/revocations``."""

from __future__ import annotations

import time

from tests.support.served import NOW, Answer, Served

DAY = 24 * 3600.0


def test_a_program_sees_which_accounts_end_when(served: Served) -> None:
    served.add_profile(
        "fixed",
        refresh_token_expires_at=NOW + 2 * DAY,
        granted_at=NOW - 30 * DAY,
        refresh_token_end_fixed=True,
    )
    served.add_profile("moves", refresh_token_expires_at=NOW + 30 * DAY)
    answer = served.program("GET", "/v1.0/expirations")
    assert (answer.status, answer.json["total"]) == (200, 2)
    fixed, moves = answer.json["expirations"]
    assert fixed == {
        "profile_id": "fixed",
        "provider": "photos",
        "name": "Ada Example",
        "status": "active",
        "ends_at": "2026-02-04T02:40:00Z",
        "renews": False,
        "renews_at": None,
        "warning": "week",
    }
    assert (moves["renews"], moves["warning"]) == (True, None)
    assert moves["renews_at"] == "2026-02-22T02:40:00Z"


def test_the_person_takes_everything_back_and_sees_the_proof(served: Served) -> None:
    served.plug_in()
    served.add_profile("one")
    served.add_profile("two", revocation_endpoint="https://nobody.example/revoke")
    person = served.person()
    begun = person.ask("POST", "/v1.0/revocations", {"confirm": True})
    assert (begun.status, begun.json["total"]) == (201, 2)
    one, two = finished(served).json["revocations"]
    assert (one["status"], one["error"]) == ("done", None)
    assert one["revocation"]["proof"] == "provider_confirmed"
    assert one["revocation"]["complete"] is True
    assert (two["status"], two["error"]) == ("failed", "provider_unreachable")
    assert "can’t be reached" in two["message"]


def finished(served: Served) -> Answer:
    person, deadline = served.person(), time.monotonic() + 120
    while True:
        answer = person.ask("GET", "/v1.0/revocations")
        if not answer.json["running"]:
            return answer
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_nothing_is_taken_back_without_saying_so(served: Served) -> None:
    person = served.person()
    for body in ({}, {"confirm": False}, {"confirm": True, "also": 1}):
        answer = person.ask("POST", "/v1.0/revocations", body)
        assert (answer.status, answer.error) == (400, "invalid_request")


def test_a_program_does_so_too_as_it_could_one_by_one(served: Served) -> None:
    """``coatcheck revoke --all`` goes the same way as the window."""
    served.plug_in()
    served.add_profile("one")
    begun = served.program("POST", "/v1.0/revocations", {"confirm": True})
    assert (begun.status, begun.json["running"]) == (201, True)
    (one,) = finished(served).json["revocations"]
    assert (one["profile_id"], one["status"]) == ("one", "done")
    assert served.program("GET", "/v1.0/revocations").json["total"] == 1


def test_strangers_and_foreign_pages_take_nothing_back(served: Served) -> None:
    assert served.ask("POST", "/v1.0/revocations", {"confirm": True}).status == 401
    foreign = served.person().ask(
        "POST", "/v1.0/revocations", {"confirm": True}, Origin="https://evil.example"
    )
    assert foreign.status == 403
