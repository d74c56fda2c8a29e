from contextlib import suppress
from dataclasses import replace

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
    IssuerMismatchError,
    OAuthError,
    StateMismatchError,
)
from tests.support.authorizations import ISSUER, METADATA, NOW, begun

PENDING = begun()
ANNOUNCED = replace(PENDING, iss_required=True)


def answer(**values: str | None) -> AuthorizationResponse:
    return AuthorizationResponse(**{"state": PENDING.state, "code": "SplxlOBeZQQ", **values})


def test_the_redirect_of_the_rfc_is_read() -> None:
    """RFC 6749 section 4.1.2."""
    url = "https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz"
    response = parse_redirect(url)
    assert (response.code, response.state) == ("SplxlOBeZQQYbYS6WxSbIA", "xyz")


def test_the_redirect_with_an_issuer_is_read() -> None:
    """RFC 9207 section 2.1."""
    url = "https://client.example/cb?code=x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58"
    url += "&state=ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI"
    response = parse_redirect(url + "&iss=https%3A%2F%2Fhonest.as.example")
    assert response.iss == "https://honest.as.example"


def test_the_code_comes_out_when_everything_fits() -> None:
    assert accept_response(PENDING, answer(), now=NOW + 599) == "SplxlOBeZQQ"
    assert accept_response(ANNOUNCED, answer(iss=ISSUER), now=NOW) == "SplxlOBeZQQ"


@pytest.mark.parametrize("state", [None, "", "x", PENDING.state + "x", "é", "\ud800"])
def test_another_state_is_refused_before_anything_else_counts(state: str | None) -> None:
    """RFC 6749 section 10.12: a stranger's error or denial ends nothing."""
    foreign = answer(state=state, error="access_denied", iss="https://evil.example")
    with pytest.raises(StateMismatchError):
        accept_response(PENDING, foreign, now=NOW)


def test_an_answer_that_comes_too_late_is_refused() -> None:
    with pytest.raises(StateMismatchError):
        accept_response(PENDING, answer(), now=NOW + 600)


@pytest.mark.parametrize("iss", ["https://evil.example", ISSUER + "/", ""])
def test_an_answer_from_another_issuer_is_refused(iss: str) -> None:
    """RFC 9207 section 2.4: also when the provider has not announced that it names itself."""
    for pending in (PENDING, ANNOUNCED):
        with pytest.raises(IssuerMismatchError):
            accept_response(pending, answer(iss=iss), now=NOW)


def test_an_announced_issuer_that_is_missing_is_refused_even_with_an_error() -> None:
    with pytest.raises(IssuerMismatchError):
        accept_response(ANNOUNCED, answer(code=None, error="access_denied"), now=NOW)


def test_metadata_decides_whether_the_issuer_must_be_named() -> None:
    announced = replace(METADATA, authorization_response_iss_parameter_supported=True)
    assert begun(metadata=announced).iss_required


def test_an_unannounced_issuer_of_a_provider_without_one_is_ignored() -> None:
    """GitHub sends an issuer that it publishes nowhere."""
    pending = replace(PENDING, iss_known=False)
    assert accept_response(pending, answer(iss="https://github.com/login/oauth"), now=NOW)


def test_a_denial_is_told_apart_from_other_errors() -> None:
    with pytest.raises(AuthorizationDeniedError):
        accept_response(PENDING, answer(code=None, error="access_denied"), now=NOW)


def test_an_error_wins_over_a_code() -> None:
    with pytest.raises(AuthorizationResponseError) as caught:
        accept_response(PENDING, answer(error="server_error"), now=NOW)
    assert caught.value.fields["error"] == "server_error"


def test_the_providers_words_are_cleaned_and_cut() -> None:
    hostile = answer(error="x\x1b[2J" * 50, error_description="{name}\u202e\n" + "y" * 500)
    with pytest.raises(AuthorizationResponseError) as caught:
        accept_response(PENDING, hostile, now=NOW)
    assert len(str(caught.value.fields["error"])) <= 64
    assert len(str(caught.value.fields["description"])) <= 200
    assert "\x1b" not in caught.value.message
    assert "{name}" in caught.value.message


def test_an_answer_without_a_code_is_refused() -> None:
    for code in (None, ""):
        with pytest.raises(AuthorizationResponseError):
            accept_response(PENDING, answer(code=code), now=NOW)


@pytest.mark.parametrize("name", ["code", "state", "iss", "error", "other"])
def test_a_repeated_parameter_is_refused(name: str) -> None:
    """RFC 6749 section 3.1."""
    with pytest.raises(AuthorizationResponseError):
        parse_authorization_response([(name, "a"), (name, "a")])
    with pytest.raises(AuthorizationResponseError):
        parse_authorization_response({name: ["a", "b"]})
    with pytest.raises(AuthorizationResponseError):
        parse_redirect(f"http://127.0.0.1/callback?{name}=a&{name}=b")


def test_an_empty_iss_counts_as_one_only_if_it_was_announced() -> None:
    response = parse_redirect(f"http://127.0.0.1/?code=c&state={PENDING.state}&iss=")
    assert accept_response(PENDING, response, now=NOW) == "c"
    with pytest.raises(IssuerMismatchError):
        accept_response(ANNOUNCED, response, now=NOW)


def test_parameters_of_the_providers_own_are_kept() -> None:
    response = parse_authorization_response({"code": ["c"], "device_id": "d", "scope": "a b"})
    assert response.extra == {"device_id": "d", "scope": "a b"}


@pytest.mark.parametrize("words", ["%CE%F2%EA%E0%E7", "refus%E9"])
def test_a_refusal_in_another_encoding_is_a_refusal(words: str) -> None:
    query = f"error=access_denied&error_description={words}&state={PENDING.state}"
    response = parse_redirect(f"http://127.0.0.1/callback?{query}")
    with pytest.raises(AuthorizationDeniedError):
        accept_response(PENDING, response, now=NOW)


def test_code_and_state_are_not_in_the_repr() -> None:
    assert "SplxlOBeZQQ" not in repr(answer())
    assert PENDING.state not in repr(answer())


@pytest.mark.parametrize(
    "url", ["http://[", "http://x/?" + "a" * 70_000, "http://x/?code=%ff", "http://x/?code=\ud800"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(AuthorizationResponseError):
        parse_redirect(url)


@given(st.text() | st.text().map(f"http://127.0.0.1/?state={PENDING.state}&".__add__))
def test_any_pasted_text_ends_in_a_code_or_one_of_our_errors(text: str) -> None:
    with suppress(OAuthError):
        assert accept_response(PENDING, parse_redirect(text), now=NOW)
