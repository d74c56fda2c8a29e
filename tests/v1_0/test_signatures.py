"""``/v1.0/profiles/{id}/oauth1-signature``: one request, signed.

What it refuses is in test_proven_requests.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.made_up_grants import add_signing
from tests.support.served import Answer, Served

PATH = "/v1.0/profiles/p1/oauth1-signature"
URL = "https://photos.example/api?page=1"


def sign(served: Served, **wish: Any) -> Answer:
    return served.person().ask("POST", PATH, {"method": "GET", "url": URL, **wish})


def test_the_person_gets_a_header(served: Served) -> None:
    add_signing(served)
    answer = sign(served, method="POST", parameters={"title": "a b"})
    assert answer.status == 200
    header = answer.json["authorization"]
    assert header.startswith("OAuth ")
    assert 'oauth_token="token-1"' in header
    assert 'oauth_signature_method="HMAC-SHA256"' in header
    assert not any(secret in header for secret in ("secret-1", "consumer-secret"))


@pytest.mark.parametrize("parameters", [[], {"page": 1}])
def test_parameters_that_are_no_texts_by_name_are_400(served: Served, parameters: Any) -> None:
    add_signing(served)
    answer = sign(served, parameters=parameters)
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_a_name_of_the_protocols_own_is_400(served: Served) -> None:
    add_signing(served)
    answer = sign(served, method="POST", parameters={"oauth_token": "another"})
    assert (answer.status, answer.error) == (400, "signing_failed")


def test_an_account_that_signs_has_no_token_to_give(served: Served) -> None:
    add_signing(served)
    answer = served.person().ask("POST", "/v1.0/profiles/p1/token", {})
    assert (answer.status, answer.error) == (400, "not_supported")
