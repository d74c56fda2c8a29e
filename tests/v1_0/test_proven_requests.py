"""``dpop-proof`` and ``oauth1-signature``: what holds for both ways to prove one request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.made_up_grants import add_bound, add_signing
from tests.support.served import Served

WISH = {"method": "GET", "url": "https://photos.example/api?page=1"}


@dataclass(frozen=True)
class Way:
    """A way to prove a request, and an account that has it."""

    name: str
    add_account: Callable[..., None]

    @property
    def path(self) -> str:
        return f"/v1.0/profiles/p1/{self.name}"


WAYS = (Way("dpop-proof", add_bound), Way("oauth1-signature", add_signing))


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.param
    return found


@pytest.mark.parametrize("over_socket", [False, True])
def test_a_program_waits_for_an_approval(served: Served, way: Way, over_socket: bool) -> None:
    way.add_account(served)
    wish = {**WISH, "wait_seconds": 0}
    if over_socket:
        headers = {"Host": "localhost"}
        answer = served.ask("POST", way.path, wish, headers=headers, over_socket=True)
    else:
        answer = served.program("POST", way.path, wish)
    assert (answer.status, answer.error) == (403, "approval_required")


def test_a_stranger_gets_nothing(served: Served, way: Way) -> None:
    way.add_account(served)
    assert served.ask("POST", way.path, WISH).status == 401


def test_a_foreign_page_gets_nothing(served: Served, way: Way) -> None:
    way.add_account(served)
    answer = served.person().ask("POST", way.path, WISH, Origin="https://evil.example")
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
        {"further": 1},
    ],
)
def test_a_bad_wish_is_400(served: Served, way: Way, wish: dict[str, Any]) -> None:
    way.add_account(served)
    answer = served.person().ask("POST", way.path, {**WISH, **wish})
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_an_account_with_plain_tokens_proves_nothing(served: Served, way: Way) -> None:
    served.add_profile()
    answer = served.person().ask("POST", way.path, WISH)
    assert (answer.status, answer.error) == (400, "not_supported")


def test_an_account_whose_access_is_over_is_409(served: Served, way: Way) -> None:
    way.add_account(served, status="needs_sign_in")
    answer = served.person().ask("POST", way.path, WISH)
    assert (answer.status, answer.error) == (409, "needs_sign_in")


def test_an_unknown_account_is_404(served: Served, way: Way) -> None:
    assert served.person().ask("POST", way.path, WISH).status == 404


def test_locked_is_423(served: Served, way: Way) -> None:
    way.add_account(served)
    person = served.person()
    served.lock()
    assert person.ask("POST", way.path, WISH).status == 423
