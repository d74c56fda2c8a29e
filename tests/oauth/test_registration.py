import json
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import EndpointError, OAuthError, RegistrationError, ScopeError
from desktop_app.oauth.flow_errors import InitialTokenNeededError, InitialTokenRefusedError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.registration import (
    ClientMetadata,
    Registration,
    RegistrationShape,
    check_usable,
    native_client,
    parse_registration_response,
    registered_client,
    registration_request,
    secret_expires,
)
from tests.support.answers import body_answer, json_answer

NOW = 1_700_000_000.0
ENDPOINT = "https://server.example.com/register"
CALLBACK = "http://127.0.0.1:5000/callback"
MASTODON = RegistrationShape(
    body="form",
    names={
        "client_name": "client_name",
        "redirect_uris": "redirect_uris",
        "scope": "scopes",
        "client_uri": "website",
    },
    separator="\n",
)
NATIVE = native_client(client_name="Coatcheck", redirect_uris=(CALLBACK,))
# RFC 7591 section 3.2.1.
RFC_ANSWER = {
    "client_id": "s6BhdRkqt3",
    "client_secret": "cf136dc3c1fc93f31185e5885805d",
    "client_id_issued_at": 2893256800,
    "client_secret_expires_at": 2893276800,
    "redirect_uris": [
        "https://client.example.org/callback",
        "https://client.example.org/callback2",
    ],
    "grant_types": ["authorization_code", "refresh_token"],
    "client_name": "My Example Client",
    "client_name#ja-Jpan-JP": "クライアント名",
    "token_endpoint_auth_method": "client_secret_basic",
    "logo_uri": "https://client.example.org/logo.png",
    "jwks_uri": "https://client.example.org/my_public_keys.jwks",
    "example_extension_parameter": "example_value",
}


def sent(request: HttpRequest) -> dict[str, Any]:
    return dict(json.loads(request.body or b""))


def registered(**changes: Any) -> Registration:
    answer = {**RFC_ANSWER, **changes}
    present = {name: value for name, value in answer.items() if value is not None}
    return parse_registration_response(json_answer(present, status=201), endpoint=ENDPOINT)


def test_a_native_client_describes_itself() -> None:
    """RFC 7591 section 2, RFC 8252 section 8.4."""
    request = registration_request(ENDPOINT, NATIVE, ca_file="ca.pem")
    assert (request.method, request.url, request.ca_file) == ("POST", ENDPOINT, "ca.pem")
    assert request.headers["Content-Type"] == "application/json"
    assert "Authorization" not in request.headers
    assert sent(request) == {
        "redirect_uris": [CALLBACK],
        "client_name": "Coatcheck",
        "application_type": "native",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }


def test_the_rfcs_own_request_can_be_made() -> None:
    """RFC 7591 section 3.1, with its initial access token."""
    metadata = ClientMetadata(
        redirect_uris=("https://client.example.org/callback",),
        client_name="My Example Client",
        application_type="",
        grant_types=(),
        response_types=(),
        token_endpoint_auth_method="client_secret_basic",
        extra={"client_name#ja-Jpan-JP": "クライアント名"},
    )
    request = registration_request(ENDPOINT, metadata, initial_access_token="ey23f2.adfj230")
    assert request.headers["Authorization"] == "Bearer ey23f2.adfj230"
    assert sent(request) == {
        "redirect_uris": ["https://client.example.org/callback"],
        "client_name": "My Example Client",
        "client_name#ja-Jpan-JP": "クライアント名",
        "token_endpoint_auth_method": "client_secret_basic",
    }


@pytest.mark.parametrize(
    ("methods", "chosen"),
    [
        (None, "none"),
        (("client_secret_post", "none"), "none"),
        (("private_key_jwt", "client_secret_post"), "client_secret_post"),
        (("client_secret_basic", "client_secret_post"), "client_secret_basic"),
        (("tls_client_auth",), "none"),
    ],
)
def test_no_secret_is_asked_for_where_none_is_needed(
    methods: tuple[str, ...] | None, chosen: str
) -> None:
    client = native_client(client_name="C", redirect_uris=(CALLBACK,), auth_methods=methods)
    assert client.token_endpoint_auth_method == chosen


def test_the_device_grant_and_bound_tokens_are_asked_for() -> None:
    device = "urn:ietf:params:oauth:grant-type:device_code"
    asked = {"client_name": "C", "redirect_uris": (CALLBACK,), "device": True, "dpop": True}
    assert device in native_client(**asked).grant_types
    assert device in native_client(**asked, grant_types=(device,)).grant_types
    assert device not in native_client(**asked, grant_types=("authorization_code",)).grant_types
    assert native_client(**asked).document()["dpop_bound_access_tokens"] is True


def test_mastodons_shape_is_a_form_with_its_own_names() -> None:
    """docs.joinmastodon.org/methods/apps."""
    metadata = native_client(
        client_name="Coatcheck",
        redirect_uris=(CALLBACK, "urn:ietf:wg:oauth:2.0:oob"),
        scopes=("read", "profile"),
        client_uri="https://coatcheck.example",
    )
    url = "https://mastodon.example/api/v1/apps"
    request = registration_request(url, metadata, shape=MASTODON)
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs((request.body or b"").decode()) == {
        "client_name": ["Coatcheck"],
        "redirect_uris": [f"{CALLBACK}\nurn:ietf:wg:oauth:2.0:oob"],
        "scopes": ["read profile"],
        "website": ["https://coatcheck.example"],
    }


def test_mastodons_answer_is_understood() -> None:
    answer = {
        "id": "563419",
        "name": "Coatcheck",
        "website": None,
        "scopes": ["read"],
        "redirect_uri": CALLBACK,
        "redirect_uris": [CALLBACK],
        "client_id": "TWhM-tNSuncnqN7DBJmoyeLnk6K3iJJ71KKXxgL1hPM",
        "client_secret": "ZEaFUFmF0umgBX1qKJDjaU99Q31lDkOU8NutzTOoliw",
        "client_secret_expires_at": 0,
        "vapid_key": "BCk",
    }
    found = parse_registration_response(json_answer(answer), endpoint=ENDPOINT)
    assert found.scopes == ("read",)
    assert found.client_secret_expires_at is None
    assert registered_client(found).method == "client_secret_basic"
    assert registered_client(found, ("client_secret_post",)).method == "client_secret_post"


def test_the_rfcs_answer_is_read() -> None:
    """RFC 7591 section 3.2.1."""
    found = registered()
    assert found.client_id == "s6BhdRkqt3"
    assert found.client_id_issued_at == 2893256800
    assert found.metadata["example_extension_parameter"] == "example_value"
    client = registered_client(found)
    assert (client.client_secret, client.method) == (
        "cf136dc3c1fc93f31185e5885805d",
        "client_secret_basic",
    )
    assert "cf136" not in repr(found)
    assert registered_client(registered(token_endpoint_auth_method="none")).method == "none"


def test_a_secret_expires() -> None:
    found = registered(client_secret_expires_at=NOW + 60)
    assert not secret_expires(found, now=NOW)
    assert secret_expires(found, now=NOW, ahead=60)
    assert secret_expires(found, now=NOW + 60)
    assert not secret_expires(registered(client_secret_expires_at=0), now=NOW)


def test_times_in_text_are_read() -> None:
    """LemonLDAP::NG 2.16 answers so."""
    found = registered(client_id_issued_at="1795380093", client_secret_expires_at="0")
    assert found.client_id_issued_at == 1795380093
    assert found.client_secret_expires_at is None
    assert registered(client_secret_expires_at=str(int(NOW))).client_secret_expires_at == int(NOW)


@pytest.mark.parametrize("name", ["invalid_redirect_uri", "invalid_client_metadata"])
def test_a_refusal_is_told_in_the_providers_words(name: str) -> None:
    """RFC 7591 section 3.2.2."""
    answer = json_answer({"error": name, "error_description": "Not one."}, status=400)
    with pytest.raises(RegistrationError) as caught:
        parse_registration_response(answer, endpoint=ENDPOINT)
    assert f"{name}, Not one. Enter" in caught.value.message
    assert caught.value.fields["status"] == 400


@pytest.mark.parametrize(
    ("answer", "with_token", "kind"),
    [
        (body_answer(b"", status=401), False, InitialTokenNeededError),
        (json_answer({"error": "invalid_token"}, status=401), True, InitialTokenRefusedError),
        (json_answer({"error": "insufficient_scope"}, status=403), False, InitialTokenNeededError),
        (json_answer({"error": "access_denied"}, status=403), True, RegistrationError),
        (json_answer({"error": "invalid_redirect_uri"}, status=400), True, RegistrationError),
    ],
)
def test_a_refusal_for_want_of_a_token_says_so(
    answer: HttpResponse, with_token: bool, kind: type[RegistrationError]
) -> None:
    """RFC 7591 section 3 with RFC 6750 section 3.1."""
    with pytest.raises(RegistrationError) as caught:
        parse_registration_response(answer, endpoint=ENDPOINT, with_token=with_token)
    assert type(caught.value) is kind
    assert caught.value.code == "registration_failed"
    assert ("initial access token" in caught.value.message) is (kind is not RegistrationError)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": 7},
        {"client_id": "a\r\nb"},
        {"client_secret": ["x"]},
        {"client_secret_expires_at": "soon"},
        {"client_secret_expires_at": True},
        {"client_secret_expires_at": "9" * 400},
        {"registration_client_uri": 7},
        {"registration_client_uri": "http://server.example.com/register/x"},
        {"registration_client_uri": "https://127.0.0.1/register/x"},
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError):
        registered(**changes)


def test_a_web_page_is_no_answer() -> None:
    for status in (200, 404, 503):
        with pytest.raises(RegistrationError):
            parse_registration_response(body_answer(b"<html>", status=status), endpoint=ENDPOINT)


def test_what_the_provider_changed_is_noticed() -> None:
    """RFC 7591 section 3.2.1: it may replace what was asked."""
    asked = replace(NATIVE, redirect_uris=("https://client.example.org/callback",))
    assert check_usable(registered(), asked)
    assert check_usable(registered(redirect_uris=None, grant_types=None), NATIVE)
    for found, metadata in (
        (registered(), NATIVE),
        (registered(grant_types=["client_credentials"]), asked),
        (registered(client_secret=None), asked),
    ):
        with pytest.raises(RegistrationError):
            check_usable(found, metadata)


def test_nothing_is_registered_at_an_unsafe_address() -> None:
    with pytest.raises(EndpointError):
        registration_request("http://server.example.com/register", NATIVE)
    with pytest.raises(ScopeError):
        registration_request(ENDPOINT, replace(NATIVE, scopes=('"',)))


@given(st.integers(100, 599), st.binary())
def test_any_bytes_are_a_registration_or_one_of_our_errors(status: int, body: bytes) -> None:
    with suppress(OAuthError):
        parse_registration_response(body_answer(body, status=status), endpoint=ENDPOINT)


@given(
    st.dictionaries(
        st.sampled_from([*RFC_ANSWER, "registration_client_uri", "scope", "error"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text() | st.integers()),
    )
)
def test_any_members_are_a_registration_or_one_of_our_errors(changes: dict[str, Any]) -> None:
    with suppress(OAuthError):
        check_usable(registered(**changes), NATIVE)
