import secrets
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import EndpointError, RevocationError
from desktop_app.oauth.http import HttpRequest
from desktop_app.oauth.revocation import parse_revocation_response, revocation_request
from tests.support.answers import body_answer, json_answer

BASIC = Client(client_id="s6BhdRkqt3", client_secret="gX1fBat3bV", method="client_secret_basic")


def request(endpoint: str = "https://server.example.com/revoke") -> HttpRequest:
    return revocation_request(
        endpoint=endpoint,
        client=BASIC,
        token="45ghiukldjahdnhzdauz",
        token_type_hint="refresh_token",
        now=0,
        random=secrets.token_bytes,
        ca_file="ca.pem",
    )


def test_the_request_is_that_of_the_rfc() -> None:
    """RFC 7009 section 2.1."""
    sent = request()
    assert (sent.method, sent.ca_file) == ("POST", "ca.pem")
    assert sent.body == b"token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token"
    assert sent.headers["Authorization"] == "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"


def test_a_token_is_not_sent_to_an_unsafe_address() -> None:
    with pytest.raises(EndpointError):
        request("http://server.example.com/revoke")


@pytest.mark.parametrize("body", [b"", b"ok", b'{"error": "x"}'])
def test_status_200_says_that_it_is_gone_whatever_the_body(body: bytes) -> None:
    """RFC 7009 section 2.2."""
    parse_revocation_response(body_answer(body))


def test_an_error_is_told_in_the_providers_words() -> None:
    answer = json_answer({"error": "unsupported_token_type", "error_description": "no"}, status=400)
    with pytest.raises(RevocationError) as caught:
        parse_revocation_response(answer)
    assert caught.value.fields == {
        "error": "unsupported_token_type",
        "description": "no",
        "said": "unsupported_token_type: no",
        "status": 400,
    }


@pytest.mark.parametrize("status", [302, 401, 404, 503])
def test_anything_else_is_no_confirmation(status: int) -> None:
    with pytest.raises(RevocationError) as caught:
        parse_revocation_response(body_answer(b"<html>", status=status))
    assert str(status) in caught.value.message


@given(st.integers(100, 599), st.binary())
def test_any_answer_is_a_confirmation_or_a_revocation_error(status: int, body: bytes) -> None:
    with suppress(RevocationError):
        parse_revocation_response(body_answer(body, status=status))
