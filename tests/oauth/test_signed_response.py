from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.authorization import (
    AuthorizationResponse,
    accept_response,
    parse_authorization_response,
    parse_redirect,
)
from desktop_app.oauth.errors import (
    AuthorizationDeniedError,
    AuthorizationResponseError,
    ClockSkewError,
    IdTokenError,
    IssuerMismatchError,
    OAuthError,
    StateMismatchError,
    UnknownKeyError,
)
from desktop_app.oauth.flow_errors import SignedResponseError
from desktop_app.oauth.jose import secret_key
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.signed_response import (
    SignedResponseExpectation,
    signed_response,
    unproven_state,
    validate_signed_response,
)
from tests.support.authorizations import begun
from tests.support.signing import (
    CLIENT_ID,
    ISSUER,
    NOW,
    key_set,
    public_jwk,
    signed,
    unsigned,
)

KEYS = key_set(public_jwk(kid="key-1"))
EXPECTED = SignedResponseExpectation(issuer=ISSUER, client_id=CLIENT_ID, now=NOW)
MODES = ("query", "form_post", "query.jwt", "form_post.jwt", "jwt")
METADATA = ServerMetadata(issuer=ISSUER, response_modes_supported=MODES)
PENDING = begun(metadata=METADATA, response_mode="form_post.jwt", client_id=CLIENT_ID)


def content(**changes: Any) -> dict[str, Any]:
    """JARM section 2.1, with the state of our own request."""
    good = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "exp": NOW + 60,
        "code": "PyyFaux2o7Q0YfXBU32jhw.5FXSQpvr8akv9CeRDSd0QA",
        "state": PENDING.state,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def read(expected: SignedResponseExpectation = EXPECTED, **changes: Any) -> AuthorizationResponse:
    return validate_signed_response(signed(content(**changes)), KEYS, expected)


def refused(check: str, **changes: Any) -> IdTokenError:
    with pytest.raises(IdTokenError) as caught:
        read(**changes)
    assert caught.value.fields["check"] == check
    return caught.value


@pytest.mark.parametrize(
    ("supported", "mode"),
    [
        (("jwt", "query.jwt", "form_post.jwt"), "form_post.jwt"),
        (("query.jwt", "jwt"), "query.jwt"),
        (("jwt",), "jwt"),
        (("query.jwt", "query"), None),
        (MODES, "form_post"),
        (None, None),
    ],
)
def test_a_signed_answer_is_asked_for_where_nothing_else_is_offered(
    supported: tuple[str, ...] | None, mode: str | None
) -> None:
    """JARM section 2.3."""
    metadata = ServerMetadata(issuer=ISSUER, response_modes_supported=supported)
    assert begun(metadata=metadata).response_mode == mode


@pytest.mark.parametrize(
    ("wanted", "by_address"),
    [
        ("jwt", "jwt"),
        ("query.jwt", "query.jwt"),
        ("form_post.jwt", "query.jwt"),
        ("form_post", None),
        ("query", "query"),
    ],
)
def test_a_wanted_mode_is_asked_for_unless_the_answer_must_be_copied(
    wanted: str, by_address: str | None
) -> None:
    metadata = ServerMetadata(issuer=ISSUER, response_modes_supported=MODES)
    assert begun(metadata=metadata, response_mode=wanted).response_mode == wanted
    pasted = begun(metadata=metadata, response_mode=wanted, by_address=True)
    assert pasted.response_mode == by_address


def test_a_signed_answer_gives_the_code() -> None:
    token = signed(content())
    answer = parse_redirect(f"http://127.0.0.1:5000/callback?response={token}")
    assert signed_response(answer) == token
    assert unproven_state(token) == PENDING.state
    response = validate_signed_response(token, KEYS, EXPECTED)
    assert response.signed
    assert accept_response(PENDING, response, now=NOW) == content()["code"]


def test_a_plain_answer_is_not_taken_for_a_signed_one() -> None:
    plain = parse_authorization_response({"code": "c", "state": PENDING.state})
    assert signed_response(plain) is None
    with pytest.raises(AuthorizationResponseError):
        accept_response(PENDING, plain, now=NOW)
    assert accept_response(begun(), replace(plain, state=begun().state), now=NOW) == "c"


def test_a_signed_no_is_a_no() -> None:
    """JARM section 2.1.2."""
    response = read(code=None, error="access_denied")
    with pytest.raises(AuthorizationDeniedError):
        accept_response(PENDING, response, now=NOW)


def test_the_state_still_binds_it() -> None:
    with pytest.raises(StateMismatchError):
        accept_response(PENDING, read(state="other"), now=NOW)
    with pytest.raises(IssuerMismatchError):
        accept_response(replace(PENDING, issuer="https://other.example"), read(), now=NOW)


@pytest.mark.parametrize("iss", [None, "https://evil.example", ISSUER + "/", [ISSUER]])
def test_another_issuer_is_refused(iss: object) -> None:
    """JARM section 2.4, against mix-up."""
    assert isinstance(refused("iss", iss=iss), SignedResponseError)


@pytest.mark.parametrize("aud", [None, "other", [], {"a": 1}])
def test_another_audience_is_refused(aud: object) -> None:
    refused("aud", aud=aud)
    assert read(aud=[CLIENT_ID])


def test_an_old_answer_is_refused() -> None:
    assert isinstance(refused("exp", exp=NOW - 200), ClockSkewError)
    assert read(exp=NOW - 100)
    for exp in (None, "never", True):
        assert isinstance(refused("exp", exp=exp), SignedResponseError)


def test_a_wrong_signature_and_no_signature_are_refused() -> None:
    for token, check in (
        (signed(content(), number=2), "signature"),
        (unsigned({"alg": "none"}, content()), "alg"),
        (signed(content(), algorithm="HS256", key=secret_key("s" * 32)), "alg"),
        ("a.b.c.d.e", "encrypted"),
        ("a.b", "format"),
    ):
        with pytest.raises(SignedResponseError) as caught:
            validate_signed_response(token, KEYS, EXPECTED)
        assert caught.value.fields["check"] == check


def test_an_unknown_key_asks_for_the_keys_once_more() -> None:
    with pytest.raises(UnknownKeyError):
        validate_signed_response(signed(content(), kid="key-2"), KEYS, EXPECTED)


def test_the_secret_signs_only_if_the_provider_says_so() -> None:
    token = signed(content(), algorithm="HS256", kid=None, key=secret_key("s" * 32))
    declared = replace(EXPECTED, algorithms=("HS256",), client_secret="s" * 32)
    assert validate_signed_response(token, KEYS, declared).code
    with pytest.raises(SignedResponseError):
        validate_signed_response(token, KEYS, replace(declared, client_secret="t" * 32))
    with pytest.raises(SignedResponseError):
        read(replace(EXPECTED, algorithms=("ES256",)))
    assert "sss" not in repr(declared)


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,30}\.[A-Za-z0-9_-]{0,30}\.[A-Za-z0-9_-]{0,9}"))
def test_any_text_is_refused(token: str) -> None:
    assert unproven_state(token) is None
    with pytest.raises(OAuthError):
        validate_signed_response(token, KEYS, EXPECTED)


@given(
    st.dictionaries(
        st.sampled_from(["iss", "aud", "exp", "code", "state", "error", "extra"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.booleans(),
    )
)
def test_any_claims_are_an_answer_or_one_of_our_errors(changes: dict[str, Any]) -> None:
    with suppress(OAuthError):
        accept_response(PENDING, read(**changes), now=NOW)
