"""Every address of the API: who may call it, from where, and while locked."""

from __future__ import annotations

import pytest

from desktop_app.v1_0.operation import Operation
from desktop_app.v1_0.operations import OPERATIONS
from tests.support.served import API_KEY, Served

CHANGING = [each for each in OPERATIONS if each.method != "get"]
OPEN_WHILE_LOCKED = {
    "health",
    "openapi",
    "settings",
    "tickets",
    "window",
    "session",
    "keys",
    "start-over",
}


def name_of(operation: Operation) -> str:
    return f"{operation.method}-{operation.route}"


def path_of(operation: Operation) -> str:
    return "/v1.0" + operation.path.replace(
        "{id}", "github" if "provider" in operation.route else "p1"
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_a_stranger_gets_401(served: Served, operation: Operation) -> None:
    answer = served.ask(operation.method.upper(), path_of(operation), {})
    assert answer.status == (200 if operation.public else 401)
    for wrong in ("Bearer wrong", "Bearer", f"Digest {API_KEY}"):
        headers = {"Authorization": wrong}
        answer = served.ask(operation.method.upper(), path_of(operation), {}, headers=headers)
        assert answer.status == (200 if operation.public else 401)


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_a_foreign_page_gets_403_with_every_credential(
    served: Served, operation: Operation
) -> None:
    person = served.person()
    for headers in ({"Authorization": f"Bearer {API_KEY}"}, person.headers):
        for foreign in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = served.ask(
                operation.method.upper(), path_of(operation), {}, headers={**headers, **foreign}
            )
            assert (answer.status, answer.error) == (403, "forbidden")


@pytest.mark.parametrize("operation", CHANGING, ids=name_of)
def test_a_change_by_cookie_without_the_xsrf_token_gets_403(
    served: Served, operation: Operation
) -> None:
    person = served.person()
    answer = served.ask(
        operation.method.upper(), path_of(operation), {}, headers={"Cookie": person.cookie}
    )
    assert (answer.status, answer.error) == (403, "forbidden")


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_a_program_gets_403_where_the_person_is_needed_and_nowhere_else(
    served: Served, operation: Operation
) -> None:
    for over_socket in (False, True):
        headers = {} if over_socket else {"Authorization": f"Bearer {API_KEY}"}
        answer = served.ask(
            operation.method.upper(),
            path_of(operation),
            {},
            headers=headers,
            over_socket=over_socket,
        )
        refused = answer.status == 403 and answer.error == "person_required"
        assert refused == (operation.person or operation.proof)


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_a_locked_vault_gets_423_where_it_is_needed_and_nowhere_else(
    served: Served, operation: Operation
) -> None:
    person = served.person()
    served.lock()
    answer = person.ask(operation.method.upper(), path_of(operation), {})
    if operation.route in OPEN_WHILE_LOCKED:
        assert answer.status != 423
    else:
        assert (answer.status, answer.error) == (423, "locked")


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.takes is not None], ids=name_of
)
def test_a_bad_body_gets_400(served: Served, operation: Operation) -> None:
    person = served.person()
    for body in (b"{", b"[]", b'{"a": 1, "a": 2}', b'{"no_such_field": 1}', b"\x00"):
        answer = person.ask(operation.method.upper(), path_of(operation), body)
        assert (answer.status, answer.error) == (400, "invalid_request")
