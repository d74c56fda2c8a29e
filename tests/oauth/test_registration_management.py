import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import OAuthError, RegistrationError
from desktop_app.oauth.flow_errors import RegistrationGoneError
from desktop_app.oauth.registration import (
    ClientMetadata,
    Registration,
    native_client,
    parse_registration_response,
)
from desktop_app.oauth.registration_management import (
    can_be_managed,
    delete_request,
    parse_deletion_response,
    parse_management_response,
    read_request,
    update_request,
)
from tests.support.answers import body_answer, json_answer

ENDPOINT = "https://server.example.com/register"
# RFC 7592 section 3.
RFC_ANSWER = {
    "registration_access_token": "reg-23410913-abewfq.123483",
    "registration_client_uri": "https://server.example.com/register/s6BhdRkqt3",
    "client_id": "s6BhdRkqt3",
    "client_secret": "cf136dc3c1fc93f31185e5885805d",
    "client_id_issued_at": 2893256800,
    "client_secret_expires_at": 2893276800,
    "client_name": "My Example Client",
    "redirect_uris": ["https://client.example.org/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "client_secret_basic",
    "logo_uri": "https://client.example.org/logo.png",
}


def registered() -> Registration:
    return parse_registration_response(json_answer(RFC_ANSWER, status=201), endpoint=ENDPOINT)


KEPT = registered()


def managed(status: int = 200, **changes: Any) -> Registration:
    answer = {**RFC_ANSWER, **changes}
    present = {name: value for name, value in answer.items() if value is not None}
    return parse_management_response(json_answer(present, status=status), KEPT)


def test_a_registration_is_read_as_the_rfc_shows() -> None:
    """RFC 7592 section 2.1."""
    request = read_request(KEPT, ca_file="ca.pem")
    assert (request.method, request.body, request.ca_file) == ("GET", None, "ca.pem")
    assert request.url == "https://server.example.com/register/s6BhdRkqt3"
    assert request.headers["Authorization"] == "Bearer reg-23410913-abewfq.123483"
    assert "reg-23410913" not in repr(request) + repr(KEPT)


def test_an_update_keeps_what_the_provider_added_and_leaves_out_its_own() -> None:
    """RFC 7592 section 2.2."""
    metadata = native_client(client_name="Coatcheck", redirect_uris=("http://127.0.0.1/callback",))
    request = update_request(KEPT, metadata)
    members = json.loads(request.body or b"")
    assert request.method == "PUT"
    assert members["client_id"] == "s6BhdRkqt3"
    assert members["client_secret"] == "cf136dc3c1fc93f31185e5885805d"
    assert members["client_name"] == "Coatcheck"
    assert members["redirect_uris"] == ["http://127.0.0.1/callback"]
    assert members["logo_uri"] == "https://client.example.org/logo.png"
    assert not {
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    } & set(members)


def test_a_deletion_is_asked_for_as_the_rfc_shows() -> None:
    """RFC 7592 section 2.3."""
    request = delete_request(KEPT)
    assert (request.method, request.body) == ("DELETE", None)
    for status in (204, 200, 401, 404):
        parse_deletion_response(body_answer(b"", status=status))
    for status in (302, 403, 405, 500):
        with pytest.raises(RegistrationError):
            parse_deletion_response(body_answer(b"", status=status))


def test_new_secrets_replace_the_old_ones() -> None:
    """RFC 7592 sections 2.1 and 3."""
    found = managed(client_secret="new", registration_access_token="newer")
    assert (found.client_secret, found.registration_access_token) == ("new", "newer")


def test_what_an_answer_leaves_out_stays() -> None:
    found = managed(
        client_secret=None, registration_access_token=None, registration_client_uri=None
    )
    assert found.client_secret == KEPT.client_secret
    assert found.registration_access_token == KEPT.registration_access_token
    assert found.registration_client_uri == KEPT.registration_client_uri


@pytest.mark.parametrize("status", [401, 404, 410])
def test_a_registration_that_is_gone_is_noticed(status: int) -> None:
    """RFC 7592 section 2.1."""
    with pytest.raises(RegistrationGoneError):
        parse_management_response(body_answer(b"", status=status), KEPT)


@pytest.mark.parametrize("error", ["access_denied", "invalid_client", "invalid_token"])
def test_a_registration_token_that_is_gone_is_noticed(error: str) -> None:
    """Authlib answers so where the token went together with its client."""
    with pytest.raises(RegistrationGoneError):
        parse_management_response(json_answer({"error": error}, status=400), KEPT)
    with pytest.raises(RegistrationError) as caught:
        parse_management_response(json_answer({"error": "invalid_request"}, status=400), KEPT)
    assert not isinstance(caught.value, RegistrationGoneError)


@pytest.mark.parametrize("error", ["access_denied", "invalid_token"])
def test_a_registration_that_may_not_be_read_is_there_all_the_same(error: str) -> None:
    """RFC 7592 section 2.1: 403 is for a client that has no permission to read its record."""
    with pytest.raises(RegistrationError) as caught:
        parse_management_response(json_answer({"error": error}, status=403), KEPT)
    assert not isinstance(caught.value, RegistrationGoneError)


def test_another_clients_answer_is_refused() -> None:
    with pytest.raises(RegistrationError):
        managed(client_id="other")
    with pytest.raises(RegistrationError):
        managed(registration_client_uri="http://evil.example/")


def test_without_an_address_or_token_nothing_can_be_managed() -> None:
    assert can_be_managed(KEPT)
    metadata = ClientMetadata(redirect_uris=(), client_name="C")
    for other in (
        replace(KEPT, registration_access_token=None),
        replace(KEPT, registration_client_uri=None),
    ):
        assert not can_be_managed(other)
        for ask in (read_request, delete_request, lambda kept: update_request(kept, metadata)):
            with pytest.raises(RegistrationError):
                ask(other)


@given(st.integers(100, 599), st.binary())
def test_any_bytes_are_read_or_one_of_our_errors(status: int, body: bytes) -> None:
    with suppress(OAuthError):
        parse_management_response(body_answer(body, status=status), KEPT)
    with suppress(OAuthError):
        parse_deletion_response(body_answer(body, status=status))
