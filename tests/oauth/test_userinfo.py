from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import (
    EndpointError,
    IdTokenError,
    SubjectMismatchError,
    UserinfoError,
)
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.userinfo import (
    check_subject,
    parse_emails,
    parse_userinfo,
    read_signed,
    signed_document,
    userinfo_request,
)
from tests.support.answers import body_answer, json_answer
from tests.support.signing import CLIENT_ID, ISSUER, key_set, public_jwk, signed, unsigned

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


SIGNED_CLAIMS = {"iss": ISSUER, "aud": CLIENT_ID, **CORE_ANSWER}


def test_a_signed_document_is_told_apart_from_plain_json() -> None:
    """OpenID Connect Core section 5.3.2."""
    answer = body_answer(b"e30.e30.c2ln", content_type="application/jwt; charset=utf-8")
    assert signed_document(answer) == "e30.e30.c2ln"
    assert signed_document(json_answer(CORE_ANSWER)) is None


@pytest.mark.parametrize(
    "answer",
    [
        body_answer("é".encode(), content_type="application/jwt"),
        body_answer(b"e30.e30.c2ln", content_type="application/jwt", status=401),
    ],
)
def test_an_unreadable_signed_document_is_refused(answer: HttpResponse) -> None:
    with pytest.raises(UserinfoError):
        signed_document(answer)


@pytest.mark.parametrize("left_out", [(), ("iss",), ("aud",), ("iss", "aud")])
def test_a_signed_document_is_read_after_its_checks(left_out: tuple[str, ...]) -> None:
    claims = {name: value for name, value in SIGNED_CLAIMS.items() if name not in left_out}
    keys = key_set(public_jwk(kid="key-1"))
    assert read_signed(signed(claims), keys, issuer=ISSUER, client_id=CLIENT_ID) == claims


@pytest.mark.parametrize(
    ("changes", "check"),
    [({"iss": "https://elsewhere.example"}, "iss"), ({"aud": ["other"]}, "aud")],
)
def test_a_signed_document_of_or_for_somebody_else_is_refused(
    changes: dict[str, object], check: str
) -> None:
    """OpenID Connect Core section 5.3.4."""
    keys = key_set(public_jwk(kid="key-1"))
    with pytest.raises(IdTokenError) as caught:
        read_signed(signed({**SIGNED_CLAIMS, **changes}), keys, issuer=ISSUER, client_id=CLIENT_ID)
    assert caught.value.fields["check"] == check


def test_a_forged_or_unsigned_document_is_refused() -> None:
    keys = key_set(public_jwk(kid="key-1"))
    for token in (signed(SIGNED_CLAIMS, number=2), unsigned({"alg": "none"}, SIGNED_CLAIMS)):
        with pytest.raises(IdTokenError):
            read_signed(token, keys, issuer=ISSUER, client_id=CLIENT_ID)


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
