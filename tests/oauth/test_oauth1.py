import secrets
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.authorization import parse_authorization_response, parse_redirect
from desktop_app.oauth.errors import (
    AuthorizationDeniedError,
    AuthorizationResponseError,
    EndpointError,
    InvalidClientError,
    InvalidGrantError,
    OAuthError,
    StateMismatchError,
    TokenErrorResponse,
    TokenResponseError,
)
from desktop_app.oauth.flow_errors import CallbackNotConfirmedError, ClockRefusedError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.oauth1 import (
    OUT_OF_BAND,
    Oauth1Client,
    Oauth1Token,
    accept_callback,
    begin_oauth1,
    callback_token,
    check_verifier,
    oauth1_authorization_url,
    parse_temporary_credentials,
    parse_token_credentials,
    signed_request,
    temporary_credentials_request,
    token_credentials_request,
)
from tests.support.answers import body_answer, json_answer

NOW = 1_700_000_000.0
CALLBACK = "http://127.0.0.1:5000/callback"
CLIENT = Oauth1Client(client_id="dpf43f3p2l4k3l03", client_secret="kd94hf93k423kf44")
TEMPORARY = Oauth1Token(token="hh5s93j4hdidpola", secret="hdhd0244k9j7ao03")
PENDING = begin_oauth1(TEMPORARY, callback=CALLBACK, now=NOW)
ASKED: dict[str, Any] = {"client": CLIENT, "now": NOW, "random": secrets.token_bytes}


def form_answer(text: str, *, status: int = 200, kind: str = "text/html") -> HttpResponse:
    return body_answer(text.encode(), status=status, content_type=kind)


def begin(endpoint: str = "https://photos.example.net/initiate", **changes: Any) -> Any:
    values = {"endpoint": endpoint, "callback": CALLBACK, **ASKED, **changes}
    return temporary_credentials_request(**values)


def test_a_sign_in_begins_with_a_signed_post() -> None:
    """RFC 5849 section 2.1."""
    request = begin(ca_file="ca.pem")
    assert (request.method, request.ca_file) == ("POST", "ca.pem")
    assert request.url == "https://photos.example.net/initiate"
    header = request.headers["Authorization"]
    assert 'oauth_callback="http%3A%2F%2F127.0.0.1%3A5000%2Fcallback"' in header
    assert 'oauth_consumer_key="dpf43f3p2l4k3l03"' in header
    assert "oauth_token" not in header
    assert 'oauth_callback="oob"' in begin(callback=OUT_OF_BAND).headers["Authorization"]


def test_further_parameters_go_into_the_form_or_the_query() -> None:
    posted = begin(parameters={"scope": "read write"})
    assert posted.body == b"scope=read+write"
    assert posted.headers["Content-Type"] == "application/x-www-form-urlencoded"
    got = begin(parameters={"scope": "read"}, method="GET")
    assert (got.url, got.body) == ("https://photos.example.net/initiate?scope=read", None)


def test_credentials_are_not_asked_for_at_an_unsafe_address() -> None:
    """Signatures may go over http, credentials that come back may not (RFC 5849 section 2.1)."""
    with pytest.raises(EndpointError):
        begin("http://photos.example.net/initiate")
    assert begin("http://127.0.0.1:9000/initiate")


@pytest.mark.parametrize("word", ["true", "True", "TRUE"])
def test_temporary_credentials_are_read_in_any_letter_case(word: str) -> None:
    """RFC 5849 sections 1.2 and 2.1."""
    text = "oauth_token=hh5s93j4hdidpola&oauth_token_secret=hdhd0244k9j7ao03"
    token = parse_temporary_credentials(form_answer(f"{text}&oauth_callback_confirmed={word}\n"))
    assert token == TEMPORARY
    assert "hdhd" not in repr(token)


@pytest.mark.parametrize("rest", ["", "&oauth_callback_confirmed=false"])
def test_the_first_edition_is_refused(rest: str) -> None:
    with pytest.raises(CallbackNotConfirmedError):
        parse_temporary_credentials(form_answer("oauth_token=a&oauth_token_secret=b" + rest))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "oauth_token=a",
        "oauth_token=&oauth_token_secret=b",
        "oauth_token=a&oauth_token=b&oauth_token_secret=c",
        "oauth_token=a&oauth_token_secret=" + "x" * 20_000,
        "oauth_token=é&oauth_token_secret=b",
        "oauth_token=a&oauth_token_secret=%E9",
    ],
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    for parse in (parse_temporary_credentials, parse_token_credentials):
        with pytest.raises(TokenResponseError):
            parse(form_answer(text))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (form_answer("oauth_problem=timestamp_refused", status=401), ClockRefusedError),
        (form_answer("oauth_problem=consumer_key_unknown", status=400), InvalidClientError),
        (form_answer("oauth_problem=signature_invalid"), InvalidClientError),
        (form_answer("Invalid signature.", status=401, kind="text/plain"), InvalidClientError),
        (json_answer({"errors": [{"code": 32, "message": "No"}]}, status=401), InvalidClientError),
        (json_answer({"errors": []}, status=403), TokenErrorResponse),
        (form_answer("<html>", status=500), TokenErrorResponse),
        (form_answer("oauth_problem=token_rejected", status=401), InvalidGrantError),
        (form_answer("oauth_problem=verifier_invalid", status=401), InvalidGrantError),
        (
            HttpResponse(
                status=401, headers={"www-authenticate": 'OAuth oauth_problem="token_expired"'}
            ),
            InvalidGrantError,
        ),
    ],
)
def test_a_refusal_says_why(answer: HttpResponse, kind: type[OAuthError]) -> None:
    """RFC 5849 section 3.2 and the OAuth Problem Reporting extension."""
    with pytest.raises(TokenErrorResponse) as caught:
        parse_temporary_credentials(answer)
    assert type(caught.value) is kind
    assert caught.value.fields["status"] == answer.status


def test_a_refusal_keeps_the_providers_words() -> None:
    with pytest.raises(TokenErrorResponse) as caught:
        parse_token_credentials(
            form_answer("oauth_problem=additional&oauth_problem_advice=Ask+them", status=403)
        )
    assert caught.value.fields["error"] == "additional"
    assert caught.value.fields["description"] == "Ask them"


def test_a_problem_is_not_told_twice() -> None:
    with pytest.raises(InvalidGrantError) as caught:
        parse_token_credentials(
            form_answer("oauth_problem=token_expired", status=401, kind="text/plain")
        )
    assert caught.value.fields["said"] == "token_expired"


def test_what_comes_along_may_be_in_another_encoding() -> None:
    answer = form_answer("oauth_token=a&oauth_token_secret=b&fullname=Jos%E9")
    tokens = parse_token_credentials(answer)
    assert (tokens.token.secret, tokens.extra["fullname"]) == ("b", "Jos\ufffd")


def test_an_unauthorized_second_step_wants_a_new_sign_in() -> None:
    with pytest.raises(InvalidGrantError):
        parse_token_credentials(form_answer("", status=401))


def test_the_browser_is_sent_with_the_identifier_alone() -> None:
    """RFC 5849 section 2.2."""
    url = oauth1_authorization_url("https://photos.example.net/authorize", PENDING)
    assert url == "https://photos.example.net/authorize?oauth_token=hh5s93j4hdidpola"
    extra = {"name": "Coatcheck", "expiration": "never", "oauth_token": "other"}
    url = oauth1_authorization_url("https://trello.example/1/Authorize?a=b", PENDING, extra)
    assert url.endswith("?a=b&name=Coatcheck&expiration=never&oauth_token=hh5s93j4hdidpola")
    with pytest.raises(EndpointError):
        oauth1_authorization_url("javascript:alert(1)", PENDING)


def answered(query: str, *, now: float = NOW + 5) -> str:
    return accept_callback(PENDING, parse_redirect(f"{CALLBACK}?{query}"), now=now)


def test_the_callback_gives_the_verifier() -> None:
    """RFC 5849 section 2.2."""
    query = "oauth_token=hh5s93j4hdidpola&oauth_verifier=hfdp7dh39dks9884"
    assert answered(query) == "hfdp7dh39dks9884"
    assert callback_token(parse_redirect(f"{CALLBACK}?{query}")) == TEMPORARY.token


@pytest.mark.parametrize("query", ["", "oauth_token=x&oauth_verifier=v", "oauth_verifier=v"])
def test_an_answer_to_another_sign_in_is_refused(query: str) -> None:
    with pytest.raises(StateMismatchError):
        answered(query)


def test_a_late_answer_is_refused() -> None:
    with pytest.raises(StateMismatchError):
        answered(f"oauth_token={TEMPORARY.token}&oauth_verifier=v", now=NOW + 600)


@pytest.mark.parametrize(
    "query",
    [
        "denied=hh5s93j4hdidpola",
        "oauth_token=hh5s93j4hdidpola&oauth_problem=permission_denied",
        "oauth_token=hh5s93j4hdidpola&oauth_problem=user_refused",
        "oauth_token=hh5s93j4hdidpola&error=access_denied",
    ],
)
def test_a_no_is_a_no(query: str) -> None:
    with pytest.raises(AuthorizationDeniedError):
        answered(query)


def test_somebody_elses_no_ends_nothing() -> None:
    with pytest.raises(StateMismatchError):
        answered("denied=other")


def test_a_problem_and_a_missing_verifier_are_told() -> None:
    token = "oauth_token=hh5s93j4hdidpola"
    with pytest.raises(AuthorizationResponseError) as caught:
        answered(f"{token}&oauth_problem=token_expired&oauth_problem_advice=again")
    assert caught.value.fields["description"] == "again"
    for query in (token, f"{token}&oauth_verifier="):
        with pytest.raises(AuthorizationResponseError):
            answered(query)


def test_a_typed_verifier_may_have_spaces_around_it() -> None:
    assert check_verifier(" 123-456\n") == "123-456"
    for text in ("", "  ", "1 2", "x" * 513, "é"):
        with pytest.raises(AuthorizationResponseError):
            check_verifier(text)


def test_the_verifier_is_sent_signed_with_the_temporary_secret() -> None:
    """RFC 5849 section 2.3."""
    request = token_credentials_request(
        endpoint="https://photos.example.net/token", pending=PENDING, verifier="v&1", **ASKED
    )
    header = request.headers["Authorization"]
    assert 'oauth_verifier="v%261"' in header
    assert 'oauth_token="hh5s93j4hdidpola"' in header
    assert "v&1" not in repr(request)


def test_token_credentials_and_what_comes_along_are_read() -> None:
    """RFC 5849 section 1.2, and Flickr's further fields."""
    answer = form_answer(
        "fullname=Jane%20Doe&oauth_token=nnch734d00sl2jdk&oauth_token_secret=pfkkdhi9sl3r4s00"
        "&user_nsid=12037949754%40N01"
    )
    tokens = parse_token_credentials(answer)
    assert tokens.token == Oauth1Token(token="nnch734d00sl2jdk", secret="pfkkdhi9sl3r4s00")
    assert tokens.extra == {"fullname": "Jane Doe", "user_nsid": "12037949754@N01"}
    assert "nnch" not in repr(tokens)


def test_any_resource_can_be_asked_with_a_signature() -> None:
    request = signed_request(
        token=TEMPORARY, method="GET", url="https://api.example.com/me", **ASKED
    )
    assert request.headers["Authorization"].startswith("OAuth ")


@given(st.integers(100, 599), st.binary(), st.sampled_from(["text/plain", "text/html", ""]))
def test_any_answer_is_read_or_one_of_our_errors(status: int, body: bytes, kind: str) -> None:
    for parse in (parse_temporary_credentials, parse_token_credentials):
        with suppress(OAuthError):
            parse(body_answer(body, status=status, content_type=kind))


@given(
    st.dictionaries(
        st.sampled_from(["oauth_token", "oauth_verifier", "denied", "oauth_problem", "error"]),
        st.text() | st.just(TEMPORARY.token),
    )
)
def test_any_callback_is_accepted_or_one_of_our_errors(parameters: dict[str, str]) -> None:
    with suppress(OAuthError):
        assert accept_callback(PENDING, parse_authorization_response(parameters), now=NOW)
