"""``/v1.0/profiles/{id}/rejected-token``: what a server refused is renewed."""

from __future__ import annotations

import pytest

from tests.support.served import Served

PATH = "/v1.0/profiles/p1/rejected-token"
REFUSED = {"access_token": "the-access-token"}


def test_a_program_tells_of_a_refused_token_and_learns_nothing(served: Served) -> None:
    served.plug_in()
    served.add_profile()
    for token in ("the-access-token", "another"):
        answer = served.program("POST", PATH, {"access_token": token})
        assert (answer.status, answer.body) == (204, b"")
    kept = served.profile_store.get("p1")
    assert kept is not None and kept.grant is not None
    assert kept.grant.access_token == "new-access-token"


def test_a_stranger_and_a_foreign_page_get_nothing(served: Served) -> None:
    served.add_profile()
    assert served.ask("POST", PATH, REFUSED).status == 401
    foreign = served.person().ask("POST", PATH, REFUSED, Origin="https://evil.example")
    assert foreign.status == 403


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 1}, {"token": "x"}])
def test_what_is_no_token_is_400(served: Served, body: object) -> None:
    served.add_profile()
    answer = served.program("POST", PATH, body)
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_a_profile_that_is_not_there_is_404(served: Served) -> None:
    assert served.program("POST", PATH, REFUSED).status == 404
