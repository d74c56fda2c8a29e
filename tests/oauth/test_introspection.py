import secrets
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import EndpointError, IntrospectionError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.introspection import introspection_request, parse_introspection_response
from tests.support.answers import body_answer, json_answer


def request(endpoint: str = "https://server.example.com/introspect") -> HttpRequest:
    return introspection_request(
        endpoint=endpoint,
        client=Client(client_id="s6BhdRkqt3", client_secret="gX1f", method="client_secret_basic"),
        token="mF_9.B5f-4.1JqM",
        token_type_hint="access_token",
        now=0,
        random=secrets.token_bytes,
    )


def test_the_request_is_that_of_the_rfc() -> None:
    """RFC 7662 section 2.1."""
    assert request().body == b"token=mF_9.B5f-4.1JqM&token_type_hint=access_token"
    assert request().headers["Accept"] == "application/json"


def test_a_token_is_not_sent_to_an_unsafe_address() -> None:
    with pytest.raises(EndpointError):
        request("http://server.example.com/introspect")


def test_the_answers_of_the_rfc_are_read() -> None:
    """RFC 7662 section 2.2."""
    good = {"active": True, "client_id": "l238j323ds-23ij4", "scope": "read write dolphin"}
    assert parse_introspection_response(json_answer(good)) == good
    assert parse_introspection_response(json_answer({"active": False})) == {"active": False}


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({}),
        json_answer({"active": "true"}),
        json_answer([True]),
        body_answer(b""),
        body_answer(b'{"active": true, "active": false}'),
        json_answer({"active": True}, status=401),
    ],
)
def test_an_answer_that_does_not_tell_is_refused(answer: HttpResponse) -> None:
    with pytest.raises(IntrospectionError):
        parse_introspection_response(answer)


@given(st.integers(100, 599), st.binary())
def test_any_answer_tells_or_is_an_introspection_error(status: int, body: bytes) -> None:
    with suppress(IntrospectionError):
        assert parse_introspection_response(body_answer(body, status=status))["active"] in {0, 1}
