"""``/v1.0/profiles/{id}/dpop-proof``: one request with a bound token, proven.

What it refuses is in test_proven_requests.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.made_up_grants import KEY, add_bound
from tests.support.served import Answer, Served

PATH = "/v1.0/profiles/p1/dpop-proof"
URL = "https://photos.example/api?page=1"
WISH = {"method": "GET", "url": URL}


def prove(served: Served, **wish: Any) -> Answer:
    return served.person().ask("POST", PATH, {**WISH, **wish})


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


@pytest.mark.parametrize("nonce", ["", "a b", "line\nbreak"])
def test_a_bad_nonce_is_400(served: Served, nonce: str) -> None:
    add_bound(served)
    answer = prove(served, nonce=nonce)
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_an_address_with_a_password_in_it_is_400(served: Served) -> None:
    add_bound(served)
    answer = prove(served, url="https://somebody:secret@photos.example/api")
    assert (answer.status, answer.error) == (400, "bad_endpoint")


def test_the_key_is_in_no_answer(served: Served) -> None:
    add_bound(served)
    person = served.person()
    secret = KEY.partition('"d": "')[2].partition('"')[0]
    assert secret
    for path in ("/v1.0/profiles", "/v1.0/profiles/p1"):
        assert secret not in person.ask("GET", path).body.decode()
