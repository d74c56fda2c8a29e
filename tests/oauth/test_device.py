import secrets
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.device import (
    PendingDevice,
    accept_poll,
    device_request,
    device_token_request,
    parse_device_response,
    unanswered,
)
from desktop_app.oauth.errors import (
    AuthorizationDeniedError,
    EndpointError,
    InvalidClientError,
    InvalidGrantError,
    OAuthError,
    TokenResponseError,
)
from desktop_app.oauth.flow_errors import DeviceAuthorizationError, DeviceCodeExpiredError
from desktop_app.oauth.token import TokenResponse
from tests.support.answers import body_answer, json_answer

NOW = 1_700_000_000.0
CLIENT = Client(client_id="1406020730")
# RFC 8628 section 3.2.
RFC_ANSWER = {
    "device_code": "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://example.com/device",
    "verification_uri_complete": "https://example.com/device?user_code=WDJB-MJHT",
    "expires_in": 1800,
    "interval": 5,
}


def pending(**changes: Any) -> PendingDevice:
    answer = {**RFC_ANSWER, **changes}
    present = {name: value for name, value in answer.items() if value is not None}
    return parse_device_response(json_answer(present), now=NOW)


def test_a_code_is_asked_for_as_the_rfc_shows() -> None:
    """RFC 8628 section 3.1."""
    request = device_request(
        endpoint="https://server.example.com/device_authorization",
        client=CLIENT,
        scopes=("example_scope",),
        now=NOW,
        random=secrets.token_bytes,
    )
    assert request.body == b"client_id=1406020730&scope=example_scope"


def test_a_code_is_not_asked_for_at_an_unsafe_address() -> None:
    with pytest.raises(EndpointError):
        device_request(
            endpoint="http://a.example",
            client=CLIENT,
            scopes=(),
            now=NOW,
            random=secrets.token_bytes,
        )


def test_the_codes_are_read_as_the_rfc_shows() -> None:
    """RFC 8628 section 3.2."""
    found = pending()
    assert found.user_code == "WDJB-MJHT"
    assert found.verification_uri == "https://example.com/device"
    assert found.verification_uri_complete == "https://example.com/device?user_code=WDJB-MJHT"
    assert (found.expires_at, found.interval) == (NOW + 1800, 5)
    assert found.next_poll_at == NOW + 5
    assert "GmRh" not in repr(found)


def test_what_may_be_missing_has_the_rfcs_defaults() -> None:
    assert pending(interval=None).interval == 5
    assert pending(verification_uri_complete=None).verification_uri_complete is None


def test_googles_name_and_numbers_as_text_are_understood() -> None:
    found = pending(
        verification_uri=None, verification_url="https://google.example/device", expires_in="60"
    )
    assert found.verification_uri == "https://google.example/device"
    assert found.expires_at == NOW + 60


@pytest.mark.parametrize(
    "changes",
    [
        {"device_code": None},
        {"device_code": "a b"},
        {"user_code": ""},
        {"user_code": "\u202eWDJB"},
        {"user_code": "x" * 65},
        {"verification_uri": None},
        {"verification_uri": "javascript:alert(1)"},
        {"verification_uri": "http://example.com/device"},
        {"verification_uri": "https://a/$(reboot)"},
        {"verification_uri_complete": "file:///etc/passwd"},
        {"expires_in": None},
        {"expires_in": 0},
        {"expires_in": True},
        {"interval": -1},
        {"interval": [5]},
        {"interval": "soon"},
    ],
)
def test_codes_that_cannot_be_shown_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DeviceAuthorizationError):
        pending(**changes)


def test_a_refusal_says_why() -> None:
    with pytest.raises(InvalidClientError):
        parse_device_response(json_answer({"error": "invalid_client"}, status=401), now=NOW)
    answer = json_answer({"error": "invalid_scope", "error_description": "no"}, status=400)
    with pytest.raises(DeviceAuthorizationError) as caught:
        parse_device_response(answer, now=NOW)
    assert "invalid_scope, no" in caught.value.message
    for body in (b"<html>", b"{}"):
        with pytest.raises(DeviceAuthorizationError):
            parse_device_response(body_answer(body, status=404), now=NOW)


def test_the_question_is_asked_as_the_rfc_shows() -> None:
    """RFC 8628 section 3.4."""
    request = device_token_request(
        endpoint="https://server.example.com/token",
        client=CLIENT,
        pending=pending(),
        now=NOW,
        random=secrets.token_bytes,
    )
    assert request.body is not None
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["urn:ietf:params:oauth:grant-type:device_code"],
        "device_code": ["GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"],
        "client_id": ["1406020730"],
    }


def error(name: str, *, status: int = 400, member: str = "error") -> Any:
    return json_answer({member: name}, status=status)


def polled(answer: Any, *, now: float = NOW + 5) -> TokenResponse | PendingDevice:
    return accept_poll(pending(), answer, now=now)


@pytest.mark.parametrize("status", [200, 400, 428])
def test_while_nothing_is_decided_the_next_question_waits(status: int) -> None:
    """RFC 8628 section 3.5; GitHub says it with status 200, Google with 428."""
    later = polled(error("authorization_pending", status=status))
    assert isinstance(later, PendingDevice)
    assert (later.interval, later.next_poll_at) == (5, NOW + 10)


def test_twitchs_word_for_waiting_is_understood() -> None:
    assert isinstance(polled(error("authorization_pending", member="message")), PendingDevice)


def test_slow_down_adds_five_seconds_for_good() -> None:
    """RFC 8628 section 3.5."""
    slower = polled(error("slow_down"))
    assert isinstance(slower, PendingDevice)
    assert (slower.interval, slower.next_poll_at) == (10, NOW + 15)
    slowest = accept_poll(slower, error("slow_down"), now=NOW + 15)
    assert isinstance(slowest, PendingDevice)
    assert slowest.interval == 15
    still = accept_poll(slowest, error("authorization_pending"), now=NOW + 30)
    assert isinstance(still, PendingDevice)
    assert still.interval == 15


def test_the_tokens_end_the_waiting() -> None:
    tokens = polled(json_answer({"access_token": "a", "token_type": "Bearer"}))
    assert isinstance(tokens, TokenResponse)


def test_a_no_and_an_old_code_end_it_too() -> None:
    with pytest.raises(AuthorizationDeniedError):
        polled(error("access_denied", status=403))
    with pytest.raises(DeviceCodeExpiredError):
        polled(error("expired_token"))
    with pytest.raises(InvalidGrantError):
        polled(error("invalid_grant"))
    with pytest.raises(TokenResponseError):
        polled(body_answer(b"<html>", status=500))


def test_a_code_that_is_over_here_is_over() -> None:
    with pytest.raises(DeviceCodeExpiredError):
        polled(error("authorization_pending"), now=NOW + 1800)
    with pytest.raises(DeviceCodeExpiredError):
        unanswered(pending(), now=NOW + 1800)


def test_without_an_answer_the_questions_become_rarer() -> None:
    """RFC 8628 section 3.5."""
    later = unanswered(pending(), now=NOW + 10)
    assert (later.interval, later.next_poll_at) == (10, NOW + 20)
    for _ in range(10):
        later = unanswered(later, now=NOW)
    assert later.interval == 300


@given(st.integers(100, 599), st.binary())
def test_any_bytes_are_read_or_one_of_our_errors(status: int, body: bytes) -> None:
    with suppress(OAuthError):
        parse_device_response(body_answer(body, status=status), now=NOW)
    with suppress(OAuthError):
        polled(body_answer(body, status=status))


@given(
    st.dictionaries(
        st.sampled_from([*RFC_ANSWER, "error", "message", "error_description"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_any_members_are_read_or_one_of_our_errors(changes: dict[str, Any]) -> None:
    with suppress(OAuthError):
        pending(**changes)
    with suppress(OAuthError):
        polled(json_answer(changes, status=400))
