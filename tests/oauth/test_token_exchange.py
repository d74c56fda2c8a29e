import secrets
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import (
    EndpointError,
    InvalidGrantError,
    OAuthError,
    TokenResponseError,
)
from desktop_app.oauth.flow_errors import InvalidTargetError, ResourceError
from desktop_app.oauth.token_exchange import (
    ACCESS_TOKEN,
    ExchangeWish,
    exchange_request,
    parse_exchange_response,
)
from tests.support.answers import body_answer, json_answer

# RFC 8693 section 2.3.
RFC_CLIENT = Client(client_id="rs08", client_secret="long-secure-random-secret")
RFC_ANSWER = {
    "access_token": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjllciJ9.eyJhdWQiOiJo.x",
    "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    "token_type": "Bearer",
    "expires_in": 60,
}


def asked(**changes: Any) -> dict[str, list[str]]:
    values: dict[str, Any] = {
        "endpoint": "https://as.example.com/as/token.oauth2",
        "client": RFC_CLIENT,
        "now": 0,
        "random": secrets.token_bytes,
    }
    values |= {name: changes.pop(name) for name in values.keys() & changes.keys()}
    wish = ExchangeWish(subject_token="accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC", **changes)
    return parse_qs((exchange_request(wish, **values).body or b"").decode())


def test_a_token_for_another_server_is_asked_for_as_the_rfc_shows() -> None:
    """RFC 8693 section 2.3, figure 2."""
    sent = asked(
        resources=("https://backend.example.com/api",),
        requested_token_type=None,
        client=Client(client_id="c", client_secret="s", method="client_secret_basic"),
    )
    assert sent == {
        "grant_type": ["urn:ietf:params:oauth:grant-type:token-exchange"],
        "resource": ["https://backend.example.com/api"],
        "subject_token": ["accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC"],
        "subject_token_type": ["urn:ietf:params:oauth:token-type:access_token"],
    }


def test_less_and_several_places_can_be_asked_for() -> None:
    sent = asked(scopes=("read", "write"), audiences=("a", "b", "a"))
    assert sent["scope"] == ["read write"]
    assert sent["audience"] == ["a", "b"]
    assert sent["requested_token_type"] == [ACCESS_TOKEN]


def test_a_token_is_not_sent_to_an_unsafe_place() -> None:
    with pytest.raises(EndpointError):
        asked(endpoint="http://as.example.com")
    with pytest.raises(ResourceError):
        asked(resources=("backend",))


def test_the_new_token_is_read_as_the_rfc_shows() -> None:
    """RFC 8693 section 2.3, figure 4."""
    found = parse_exchange_response(json_answer(RFC_ANSWER))
    assert (found.issued_token_type, found.tokens.expires_in) == (ACCESS_TOKEN, 60)
    assert "eyJh" not in repr(found)


@pytest.mark.parametrize(
    "changes",
    [
        {"issued_token_type": None},
        {"issued_token_type": 7},
        {"issued_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"token_type": "N_A"},
        {"access_token": ""},
    ],
)
def test_what_is_no_access_token_is_refused(changes: dict[str, Any]) -> None:
    """RFC 8693 section 2.2.1."""
    with pytest.raises(TokenResponseError):
        parse_exchange_response(json_answer({**RFC_ANSWER, **changes}))


def test_a_token_that_allows_more_than_was_asked_for_is_refused() -> None:
    with pytest.raises(TokenResponseError):
        parse_exchange_response(json_answer({**RFC_ANSWER, "scope": "read admin"}), scopes=["read"])
    for scope in ("read", "", None):
        answer = json_answer({**RFC_ANSWER, "scope": scope})
        assert parse_exchange_response(answer, scopes=["read", "write"])


def test_the_providers_no_says_why() -> None:
    """RFC 8693 section 2.2.2."""
    with pytest.raises(InvalidTargetError):
        parse_exchange_response(json_answer({"error": "invalid_target"}, status=400))
    with pytest.raises(InvalidGrantError):
        parse_exchange_response(json_answer({"error": "invalid_grant"}, status=400))


@given(st.integers(100, 599), st.binary())
def test_any_bytes_are_a_token_or_one_of_our_errors(status: int, body: bytes) -> None:
    with suppress(OAuthError):
        parse_exchange_response(body_answer(body, status=status), scopes=["a"])
