import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import (
    InvalidClientError,
    InvalidGrantError,
    OAuthError,
    TokenErrorResponse,
    TokenResponseError,
)
from desktop_app.oauth.form import FORM_TYPE
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.token import parse_token_response
from tests.support.answers import body_answer, json_answer

# RFC 6749 section 5.1, its example.
RFC_ANSWER = {
    "access_token": "2YotnFZFEjr1zCsicMWpAA",
    "token_type": "example",
    "expires_in": 3600,
    "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA",
    "example_parameter": "example_value",
}


def changed(**members: Any) -> HttpResponse:
    return json_answer({**RFC_ANSWER, "token_type": "Bearer", **members})


def test_the_answer_of_the_rfc_is_read() -> None:
    """RFC 6749 section 5.1."""
    tokens = parse_token_response(changed())
    assert tokens.access_token == "2YotnFZFEjr1zCsicMWpAA"
    assert tokens.refresh_token == "tGzv3JOkF0XG5Qx2TlKWIA"
    assert tokens.expires_in == 3600
    assert tokens.scope is None
    assert tokens.extra == {"example_parameter": "example_value"}


def test_a_token_of_an_unknown_type_is_refused() -> None:
    """RFC 6749 section 7.1."""
    for kind in ("example", "mac", "N_A", "", 1, ["Bearer"]):
        with pytest.raises(TokenResponseError):
            parse_token_response(changed(token_type=kind))


@pytest.mark.parametrize(
    ("kind", "read"),
    [("bearer", "Bearer"), ("BEARER", "Bearer"), ("dpop", "DPoP"), (None, "Bearer")],
)
def test_token_types_are_read_in_any_case(kind: str | None, read: str) -> None:
    assert parse_token_response(changed(token_type=kind)).token_type == read


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (3600, 3600),
        ("3600", 3600),
        (3599.9, 3599),
        (0, 0),
        (-5, 0),
        (10**30, 2**31 - 1),
        (None, None),
        ("", None),
    ],
)
def test_lifetimes_are_read_however_they_are_written(sent: object, seconds: int | None) -> None:
    tokens = parse_token_response(changed(expires_in=sent, refresh_token_expires_in=sent))
    assert tokens.expires_in == tokens.refresh_token_expires_in == seconds


@pytest.mark.parametrize("sent", ["soon", True, [], {}, "nan", "0x10"])
def test_a_lifetime_that_is_no_number_is_refused(sent: object) -> None:
    with pytest.raises(TokenResponseError):
        parse_token_response(changed(expires_in=sent))


@pytest.mark.parametrize("content_type", ["text/plain; charset=utf-8", "text/html", ""])
@pytest.mark.parametrize("body", [b"access_token=abc&scope=a", b"scope=a&access_token=abc"])
def test_a_form_is_read_whatever_an_old_provider_calls_it(content_type: str, body: bytes) -> None:
    tokens = parse_token_response(body_answer(body, content_type=content_type))
    assert (tokens.access_token, tokens.scope) == ("abc", ("a",))


def test_an_old_providers_form_is_read() -> None:
    body = (
        b"access_token=gho_16C7e42F292c6912E7710c838347Ae178B4a&scope=repo%2Cgist&token_type=bearer"
    )
    tokens = parse_token_response(body_answer(body, content_type=FORM_TYPE + "; charset=utf-8"))
    assert tokens.access_token == "gho_16C7e42F292c6912E7710c838347Ae178B4a"
    assert tokens.scope == ("repo", "gist")


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "id_token"])
@pytest.mark.parametrize("value", ["a b", "a\r\nX: 1", "é", 7, ["a"], {"a": 1}, "x" * 70_000])
def test_a_token_that_is_none_is_refused(name: str, value: object) -> None:
    with pytest.raises(TokenResponseError):
        parse_token_response(changed(**{name: value}))


@pytest.mark.parametrize("value", [None, ""])
def test_an_answer_without_an_access_token_is_refused(value: str | None) -> None:
    with pytest.raises(TokenResponseError):
        parse_token_response(changed(access_token=value))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("invalid_grant", InvalidGrantError),
        ("invalid_client", InvalidClientError),
        ("bad_verification_code", InvalidGrantError),
        ("bad_refresh_token", InvalidGrantError),
        ("incorrect_client_credentials", InvalidClientError),
        ("invalid_request", TokenErrorResponse),
        ("unauthorized_client", TokenErrorResponse),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 401])
def test_an_error_is_one_whatever_its_status(
    error: str, kind: type[TokenErrorResponse], status: int
) -> None:
    """RFC 6749 section 5.2; GitHub reports errors with status 200."""
    answer = json_answer({"error": error, "error_description": "why\x1b"}, status=status)
    with pytest.raises(TokenErrorResponse) as caught:
        parse_token_response(answer)
    assert type(caught.value) is kind
    assert caught.value.fields == {
        "error": error,
        "description": "why",
        "said": f"{error}: why",
        "status": status,
    }


def test_an_error_that_is_an_object_says_what_it_is() -> None:
    """As Facebook's Graph API reports errors."""
    error = {"message": "Invalid verification code format.", "type": "OAuthException", "code": 100}
    with pytest.raises(TokenErrorResponse, match="OAuthException") as caught:
        parse_token_response(json_answer({"error": error}, status=400))
    assert caught.value.fields["said"] == "OAuthException: Invalid verification code format"


def test_a_grant_that_is_over_says_why() -> None:
    answer = json_answer({"error": "invalid_grant", "error_description": "wrong verifier"})
    with pytest.raises(InvalidGrantError) as caught:
        parse_token_response(answer)
    assert "invalid_grant: wrong verifier" in caught.value.message


def test_an_error_wins_over_a_token() -> None:
    with pytest.raises(InvalidGrantError):
        parse_token_response(changed(error="invalid_grant"))


@pytest.mark.parametrize("error", [{"message": "x"}, ["x"], 5, "x" * 5000])
def test_an_error_of_any_shape_is_shown_cleaned(error: object) -> None:
    with pytest.raises(TokenErrorResponse) as caught:
        parse_token_response(json_answer({"error": error}, status=400))
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    "answer",
    [
        body_answer(b""),
        body_answer(b"<html>", content_type="text/html"),
        body_answer(b"[]"),
        body_answer(b'{"access_token": "a", "access_token": "b"}'),
        body_answer(b"access_token=a&access_token=b", content_type=FORM_TYPE),
        body_answer(b"\xff", content_type=FORM_TYPE),
        body_answer(b"Bad Gateway", status=502, content_type="text/html"),
        body_answer(b"", status=401),
        json_answer({**RFC_ANSWER, "token_type": "Bearer"}, status=302),
        json_answer({**RFC_ANSWER, "token_type": "Bearer"}, status=400),
    ],
)
def test_what_is_no_token_response_is_refused(answer: HttpResponse) -> None:
    with pytest.raises(TokenResponseError) as caught:
        parse_token_response(answer)
    assert caught.value.fields["status"] == answer.status


def test_tokens_are_neither_in_the_repr_nor_in_errors() -> None:
    tokens = parse_token_response(changed(id_token="hidden.id", secret_member="hidden2"))
    assert not any(text in repr(tokens) for text in ("2Yotn", "tGzv3", "hidden"))
    with pytest.raises(TokenResponseError) as caught:
        parse_token_response(changed(refresh_token="hidden hidden"))
    assert "hidden" not in caught.value.message + str(caught.value)


@given(
    st.integers(100, 599),
    st.binary() | st.text("a=&%+ro").map(str.encode),
    st.sampled_from(["application/json", FORM_TYPE, "text/html", ""]),
)
def test_any_answer_is_tokens_or_one_of_our_errors(status: int, body: bytes, kind: str) -> None:
    with suppress(OAuthError):
        parse_token_response(body_answer(body, status=status, content_type=kind))


@given(
    st.dictionaries(
        st.sampled_from([*RFC_ANSWER, "error", "error_description", "scope", "id_token"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.booleans(),
    )
)
def test_any_members_are_tokens_or_one_of_our_errors(members: dict[str, Any]) -> None:
    body = json.dumps({**RFC_ANSWER, "token_type": "Bearer", **members}).encode()
    with suppress(OAuthError):
        parse_token_response(body_answer(body))


@pytest.mark.parametrize(("sent", "seconds"), [(1800, 1800), (0, None), ("", None)])
def test_keycloak_s_name_for_the_refresh_token_s_lifetime_is_known(
    sent: object, seconds: int | None
) -> None:
    tokens = parse_token_response(changed(refresh_expires_in=sent))
    assert tokens.refresh_token_expires_in == seconds
    assert "refresh_expires_in" not in tokens.extra
