"""``/v1.0/recipes``: other programs are told to ask, by the person alone."""

from __future__ import annotations

import pytest

from tests.support.served import Served

PATH = "/v1.0/recipes/git"


def test_the_person_sees_installs_and_removes_a_recipe(served: Served) -> None:
    person = served.person()
    shown = person.ask("GET", PATH)
    assert (shown.status, shown.json) == (200, {"recipe": "git", "text": "<git>", "done": []})
    assert person.ask("POST", PATH, {}).json["done"] == ["install"]
    assert person.ask("POST", PATH, {"remove": True}).json["done"] == ["remove"]


def test_what_can_t_be_set_up_says_where_the_reason_is(served: Served) -> None:
    answer = served.person().ask("POST", "/v1.0/recipes/rclone", {})
    assert (answer.status, answer.error) == (409, "no_recipe")
    assert "coatcheck setup rclone" in answer.json["message"]


def test_programs_strangers_and_foreign_pages_get_nothing(served: Served) -> None:
    assert served.program("POST", PATH, {}).error == "person_required"
    assert served.ask("POST", PATH, {}).status == 401
    foreign = served.person().ask("POST", PATH, {}, Origin="https://evil.example")
    assert foreign.status == 403


def test_another_name_is_404(served: Served) -> None:
    assert served.person().ask("GET", "/v1.0/recipes/bash").status == 404


@pytest.mark.parametrize("body", [{"remove": "yes"}, {"what": 1}, []])
def test_what_is_no_wish_is_400(served: Served, body: object) -> None:
    assert served.person().ask("POST", PATH, body).status == 400
