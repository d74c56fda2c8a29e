from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import DiscoveryError, EndpointError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.jwks import jwks_request, parse_jwks
from tests.support.answers import body_answer, json_answer


def test_keys_of_every_kind_are_kept_as_they_are() -> None:
    keys = [{"kty": "RSA", "kid": "1"}, {"kty": "AKP"}, {"odd": True}]
    assert list(parse_jwks(json_answer({"keys": keys})).keys) == keys


def test_members_that_are_no_keys_are_left_out() -> None:
    assert parse_jwks(json_answer({"keys": [1, "x", None]})).keys == ()


@pytest.mark.parametrize(
    "answer",
    [
        body_answer(b""),
        body_answer(b"<html>"),
        json_answer({}),
        json_answer({"keys": {}}),
        json_answer({"keys": [{}] * 101}),
        json_answer({"keys": []}, status=500),
        body_answer(b'{"keys": [], "keys": []}'),
    ],
)
def test_what_is_no_key_set_is_refused(answer: HttpResponse) -> None:
    with pytest.raises(DiscoveryError):
        parse_jwks(answer)


def test_keys_are_asked_for_at_safe_addresses_only() -> None:
    request = jwks_request("https://op.example.com/jwks", "ca.pem")
    assert (request.method, request.ca_file) == ("GET", "ca.pem")
    with pytest.raises(EndpointError):
        jwks_request("http://op.example.com/jwks")


@given(st.integers(100, 599), st.binary())
def test_any_answer_is_keys_or_a_discovery_error(status: int, body: bytes) -> None:
    with suppress(DiscoveryError):
        parse_jwks(body_answer(body, status=status))
