"""``/v1.0/profiles/{id}/dpop-proof``: one request with a bound token, proven."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_app.oauth.dpop import new_dpop_key
from tests.support.served import Answer, Served

PATH = "/v1.0/profiles/p1/dpop-proof"
URL = "https://photos.example/api?page=1"
WISH = {"method": "GET", "url": URL}
KEY = new_dpop_key()


def prove(served: Served, **wish: Any) -> Answer:
    return served.person().ask("POST", PATH, {**WISH, **wish})


def add_bound(served: Served, **changes: Any) -> None:
    served.add_profile(token_type="DPoP", **{"dpop_key": KEY, **changes})


def test_the_person_gets_both_headers(served: Served) -> None:
    add_bound(served)
    answer = prove(served, nonce="n-1")
    assert answer.status == 200
    assert answer.json["authorization"] == "DPoP the-access-token"
    assert answer.json["dpop"].count(".") == 2


def test_the_token_says_that_it_is_bound(served: Served) -> None:
    add_bound(served)
    answer = served.person().ask("POST", "/v1.0/profiles/p1/token", {})
    assert answer.json["token_type"] == "DPoP"


@pytest.mark.parametrize("over_socket", [False, True])
def test_a_program_waits_for_an_approval(served: Served, over_socket: bool) -> None:
    add_bound(served)
    wish = {**WISH, "wait_seconds": 0}
    if over_socket:
        headers = {"Host": "localhost"}
        answer = served.ask("POST", PATH, wish, headers=headers, over_socket=True)
    else:
        answer = served.program("POST", PATH, wish)
    assert (answer.status, answer.error) == (403, "approval_required")


def test_a_stranger_gets_nothing(served: Served) -> None:
    add_bound(served)
    assert served.ask("POST", PATH, WISH).status == 401


def test_a_foreign_page_gets_nothing(served: Served) -> None:
    add_bound(served)
    answer = served.person().ask("POST", PATH, WISH, Origin="https://evil.example")
    assert answer.status == 403


@pytest.mark.parametrize(
    "wish",
    [
        {"method": ""},
        {"method": "GET /"},
        {"method": 5},
        {"url": None},
        {"url": "https://evil.example/"},
        {"url": "http://photos.example/api"},
        {"url": "nonsense"},
        {"nonce": ""},
        {"nonce": "a b"},
        {"nonce": "line\nbreak"},
        {"further": 1},
    ],
)
def test_a_bad_wish_is_400(served: Served, wish: dict[str, Any]) -> None:
    add_bound(served)
    answer = prove(served, **wish)
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_an_address_with_a_password_in_it_is_400(served: Served) -> None:
    add_bound(served)
    answer = prove(served, url="https://somebody:secret@photos.example/api")
    assert (answer.status, answer.error) == (400, "bad_endpoint")


def test_an_account_whose_tokens_are_not_bound_has_no_proofs(served: Served) -> None:
    served.add_profile()
    answer = prove(served)
    assert (answer.status, answer.error) == (400, "not_supported")


def test_an_account_whose_access_is_over_is_409(served: Served) -> None:
    add_bound(served, status="needs_sign_in")
    answer = prove(served)
    assert (answer.status, answer.error) == (409, "needs_sign_in")


def test_an_unknown_account_is_404(served: Served) -> None:
    assert prove(served).status == 404


def test_locked_is_423(served: Served) -> None:
    add_bound(served)
    person = served.person()
    served.lock()
    assert person.ask("POST", PATH, WISH).status == 423


def test_the_key_is_in_no_answer(served: Served) -> None:
    add_bound(served)
    person = served.person()
    secret = KEY.partition('"d": "')[2].partition('"')[0]
    assert secret
    for path in ("/v1.0/profiles", "/v1.0/profiles/p1"):
        assert secret not in person.ask("GET", path).body.decode()
