from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import EndpointError, SubjectMismatchError, UserinfoError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.userinfo import (
    check_subject,
    parse_emails,
    parse_userinfo,
    userinfo_request,
)
from tests.support.answers import body_answer, json_answer

CORE_ANSWER = {
    "sub": "248289761001",
    "name": "Jane Doe",
    "given_name": "Jane",
    "family_name": "Doe",
    "preferred_username": "j.doe",
    "email": "janedoe@example.com",
    "picture": "http://example.com/janedoe/me.jpg",
}


def test_the_token_goes_into_the_header_alone() -> None:
    """OpenID Connect Core section 5.3.1; conformance case userinfo-bearer-header."""
    request = userinfo_request("https://op.example.com/me", "SlAV32hkKG", ca_file="ca.pem")
    assert request.headers["Authorization"] == "Bearer SlAV32hkKG"
    assert (request.method, request.body, request.ca_file) == ("GET", None, "ca.pem")
    assert "SlAV" not in repr(request) + request.url


def test_the_token_goes_to_no_unsafe_address() -> None:
    with pytest.raises(EndpointError):
        userinfo_request("http://op.example.com/me", "SlAV32hkKG")


def test_the_answer_of_the_document_is_read() -> None:
    """OpenID Connect Core section 5.3.2."""
    assert parse_userinfo(json_answer(CORE_ANSWER)) == CORE_ANSWER


@pytest.mark.parametrize(
    "answer",
    [
        body_answer(b""),
        body_answer(b"<html>", content_type="text/html"),
        body_answer(b"[]"),
        body_answer(b'{"sub": "a", "sub": "b"}'),
        body_answer(b"e30.e30.", content_type="application/jwt"),
        json_answer(CORE_ANSWER, status=401),
        json_answer(CORE_ANSWER, status=302),
        json_answer(CORE_ANSWER, status=500),
    ],
)
def test_what_is_no_userinfo_is_refused(answer: HttpResponse) -> None:
    with pytest.raises(UserinfoError) as caught:
        parse_userinfo(answer)
    assert caught.value.fields["status"] == answer.status


def test_userinfo_of_the_same_account_is_accepted() -> None:
    check_subject({"sub": "a"}, {"sub": "a"})


@pytest.mark.parametrize("userinfo", [{"sub": "b"}, {}, {"sub": None}, {"sub": ["a"]}])
def test_userinfo_of_another_account_or_none_is_refused(userinfo: dict[str, object]) -> None:
    """OpenID Connect Core section 5.3.2; conformance case userinfo-invalid-sub."""
    with pytest.raises(SubjectMismatchError):
        check_subject({"sub": "a"}, userinfo)


def test_two_answers_without_a_subject_are_not_the_same_account() -> None:
    with pytest.raises(SubjectMismatchError):
        check_subject({}, {})


def test_the_primary_verified_address_is_picked() -> None:
    entries = [
        {"email": "a@example.com", "primary": False, "verified": True},
        {"email": "b@example.com", "primary": True, "verified": False},
        {"email": 5, "primary": True, "verified": True},
        "x",
        {"email": "c@example.com", "primary": True, "verified": True},
    ]
    assert parse_emails(json_answer(entries)) == "c@example.com"
    assert parse_emails(json_answer(entries[:2])) is None


@pytest.mark.parametrize(
    "answer", [json_answer({}), body_answer(b"x"), json_answer([], status=404)]
)
def test_what_is_no_list_of_addresses_is_refused(answer: HttpResponse) -> None:
    with pytest.raises(UserinfoError):
        parse_emails(answer)


@given(st.integers(100, 599), st.binary())
def test_any_answer_is_userinfo_or_a_userinfo_error(status: int, body: bytes) -> None:
    for parse in (parse_userinfo, parse_emails):
        with suppress(UserinfoError):
            parse(body_answer(body, status=status))
