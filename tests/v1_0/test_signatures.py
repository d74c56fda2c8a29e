"""``/v1.0/profiles/{id}/oauth1-signature``: one request, signed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.served import Answer, Served

PATH = "/v1.0/profiles/p1/oauth1-signature"
URL = "https://photos.example/api?page=1"


def sign(served: Served, **wish: Any) -> Answer:
    return served.person().ask("POST", PATH, {"method": "GET", "url": URL, **wish})


def add_signing(served: Served, **changes: Any) -> None:
    served.add_profile(
        client_secret="consumer-secret",
        access_token="token-1",
        token_secret="secret-1",
        refresh_token=None,
        **{"signature_method": "HMAC-SHA256", **changes},
    )


def test_the_person_gets_a_header(served: Served) -> None:
    add_signing(served)
    answer = sign(served, method="POST", parameters={"title": "a b"})
    assert answer.status == 200
    header = answer.json["authorization"]
    assert header.startswith("OAuth ")
    assert 'oauth_token="token-1"' in header
    assert 'oauth_signature_method="HMAC-SHA256"' in header
    assert not any(secret in header for secret in ("secret-1", "consumer-secret"))


@pytest.mark.parametrize("over_socket", [False, True])
def test_a_program_waits_for_an_approval(served: Served, over_socket: bool) -> None:
    add_signing(served)
    wish = {"method": "GET", "url": URL, "wait_seconds": 0}
    if over_socket:
        headers = {"Host": "localhost"}
        answer = served.ask("POST", PATH, wish, headers=headers, over_socket=True)
    else:
        answer = served.program("POST", PATH, wish)
    assert (answer.status, answer.error) == (403, "approval_required")


def test_a_stranger_gets_nothing(served: Served) -> None:
    add_signing(served)
    assert served.ask("POST", PATH, {"method": "GET", "url": URL}).status == 401


def test_a_foreign_page_gets_nothing(served: Served) -> None:
    add_signing(served)
    wish = {"method": "GET", "url": URL}
    answer = served.person().ask("POST", PATH, wish, Origin="https://evil.example")
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
        {"parameters": []},
        {"parameters": {"page": 1}},
        {"further": 1},
    ],
)
def test_a_bad_wish_is_400(served: Served, wish: dict[str, Any]) -> None:
    add_signing(served)
    answer = sign(served, **wish)
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_a_name_of_the_protocols_own_is_400(served: Served) -> None:
    add_signing(served)
    answer = sign(served, method="POST", parameters={"oauth_token": "another"})
    assert (answer.status, answer.error) == (400, "signing_failed")


def test_an_account_with_tokens_signs_nothing(served: Served) -> None:
    served.add_profile()
    answer = sign(served)
    assert (answer.status, answer.error) == (400, "not_supported")


def test_an_account_that_signs_has_no_token_to_give(served: Served) -> None:
    add_signing(served)
    answer = served.person().ask("POST", "/v1.0/profiles/p1/token", {})
    assert (answer.status, answer.error) == (400, "not_supported")


def test_an_account_whose_access_is_over_is_409(served: Served) -> None:
    add_signing(served, status="needs_sign_in")
    answer = sign(served)
    assert (answer.status, answer.error) == (409, "needs_sign_in")


def test_an_unknown_account_is_404(served: Served) -> None:
    assert sign(served).status == 404


def test_locked_is_423(served: Served) -> None:
    add_signing(served)
    person = served.person()
    served.lock()
    assert person.ask("POST", PATH, {"method": "GET", "url": URL}).status == 423
