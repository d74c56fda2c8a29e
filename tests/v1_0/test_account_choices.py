"""``/v1.0/account-choices``: the person picks one of several accounts, once for each place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.served import Answer, Served
from tests.support.waiting import eventually

PATH = "/v1.0/account-choices"
PLACE = "https://forge.example/team/one"


def wish(**changes: Any) -> dict[str, Any]:
    return {"candidates": ["p1", "p2"], "remember_for": PLACE, "purpose": PLACE, **changes}


@contextmanager
def asking(served: Served, **changes: Any) -> Iterator[tuple[list[Answer], dict[str, Any]]]:
    """Ask in a thread; yield where the answer will be, and the question."""
    answers: list[Answer] = []

    def ask() -> None:
        answers.append(served.program("POST", PATH, wish(**changes)))

    thread = threading.Thread(target=ask)
    thread.start()
    person = served.person()
    try:
        found = eventually(lambda: person.ask("GET", "/v1.0/approvals").json["approvals"])
        yield answers, found[0]
    finally:
        thread.join()


def decide(served: Served, question: dict[str, Any], **answer: Any) -> Answer:
    return served.person().ask("POST", f"/v1.0/approvals/{question['id']}", answer)


@pytest.fixture
def twice(served: Served) -> Served:
    """An application with two accounts."""
    served.add_profile("p1")
    served.add_profile("p2", email="noor@photos.example", username="noor")
    return served


def test_the_person_picks_and_it_is_remembered_for_that_place_alone(twice: Served) -> None:
    with asking(twice) as (answers, question):
        assert question["purpose"] == "account_choice"
        assert question["candidates"] == ["p1", "p2"]
        assert question["subject"] == question["says"] == PLACE
        assert decide(twice, question, decision="once", profile_id="p2").status == 200
    assert answers[0].json == {"profile_id": "p2"}
    again = twice.program("POST", PATH, wish(wait_seconds=0))
    assert again.json == {"profile_id": "p2"}
    elsewhere = twice.program("POST", PATH, wish(wait_seconds=0, remember_for="elsewhere"))
    assert (elsewhere.status, elsewhere.error) == (409, "ambiguous_profile")
    gone = twice.program("POST", PATH, wish(wait_seconds=0, candidates=["p1", "p1"]))
    assert gone.error == "ambiguous_profile", "what was picked is none of these"


def test_what_is_remembered_is_listed_and_can_be_forgotten(twice: Served) -> None:
    with asking(twice) as (_, question):
        decide(twice, question, decision="once", profile_id="p2")
    listed = twice.program("GET", PATH).json
    (found,) = listed["account_choices"]
    assert (found["place"], found["profile_id"], listed["total"]) == (PLACE, "p2", 1)
    one = f"{PATH}/{found['id']}"
    refused = twice.program("DELETE", one)
    assert (refused.status, refused.error) == (403, "person_required")
    assert twice.ask("DELETE", one).status == 401
    assert twice.person().ask("DELETE", one, Origin="https://evil.example").status == 403
    assert twice.person().ask("DELETE", one).status == 204
    again = twice.person().ask("DELETE", one)
    assert (again.status, again.error) == (404, "not_found")
    assert twice.program("GET", PATH).json == {"account_choices": [], "total": 0}
    asked = twice.program("POST", PATH, wish(wait_seconds=0))
    assert asked.error == "ambiguous_profile"


def test_what_was_picked_of_a_forgotten_account_is_not_listed(twice: Served) -> None:
    with asking(twice) as (_, question):
        decide(twice, question, decision="once", profile_id="p2")
    assert twice.program("DELETE", "/v1.0/profiles/p2").status == 204
    assert twice.program("GET", PATH).json["total"] == 0


@pytest.mark.parametrize("decision", ["once", "hour"])
def test_what_is_picked_may_be_borrowed_without_another_question(
    twice: Served, decision: str
) -> None:
    with asking(twice) as (answers, question):
        decide(twice, question, decision=decision, profile_id="p1")
    assert answers[0].json == {"profile_id": "p1"}
    for number, profile in ((200, "p1"), (403, "p2")):
        taken = twice.program("POST", f"/v1.0/profiles/{profile}/token", {"wait_seconds": 0})
        assert taken.status == number


def test_nothing_is_picked_by_guess(twice: Served) -> None:
    with asking(twice) as (answers, question):
        for answer in ({}, {"profile_id": "p3"}):
            wrong = decide(twice, question, decision="always", **answer)
            assert (wrong.status, wrong.json["field"]) == (400, "profile_id")
        assert answers == []
        decide(twice, question, decision="deny")
    assert (answers[0].status, answers[0].error) == (403, "denied")
    for profile in ("p1", "p2"):
        taken = twice.program("POST", f"/v1.0/profiles/{profile}/token", {"wait_seconds": 0})
        assert taken.error == "denied"


def test_nobody_to_ask_is_an_error_that_lists_them(twice: Served) -> None:
    twice.somebody_is_there = False
    answer = twice.program("POST", PATH, wish())
    assert (answer.status, answer.error) == (409, "ambiguous_profile")
    assert {each["id"] for each in answer.json["candidates"]} == {"p1", "p2"}


def test_an_answer_that_does_not_come(twice: Served) -> None:
    answer = twice.program("POST", PATH, wish(wait_seconds=0.1))
    assert (answer.status, answer.error) == (408, "approval_timeout")


@pytest.mark.parametrize(
    "changes",
    [
        {"candidates": []},
        {"candidates": ["p1"]},
        {"remember_for": ""},
        {"wait_seconds": -1},
        {"more": 1},
    ],
)
def test_a_bad_wish_is_400(twice: Served, changes: dict[str, Any]) -> None:
    answer = twice.program("POST", PATH, wish(**changes))
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_a_candidate_that_is_no_account_is_404(twice: Served) -> None:
    answer = twice.program("POST", PATH, wish(candidates=["p1", "nobody"]))
    assert (answer.status, answer.error) == (404, "not_found")


def test_strangers_and_foreign_pages_ask_nothing(twice: Served) -> None:
    assert twice.ask("POST", PATH, wish()).status == 401
    foreign = twice.person().ask("POST", PATH, wish(), Origin="https://evil.example")
    assert foreign.status == 403
    assert twice.person().ask("POST", PATH, wish()).status == 400, "the person names it"
