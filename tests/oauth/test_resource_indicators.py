import secrets
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.authorization import authorization_url
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import OAuthError
from desktop_app.oauth.flow_errors import InvalidTargetError, ResourceError
from desktop_app.oauth.resource_indicators import check_resource, resource_fields
from desktop_app.oauth.token import code_request, parse_token_response, refresh_request
from tests.support.answers import json_answer
from tests.support.authorizations import NOW, begun

TWO = ("https://cal.example.com/", "https://contacts.example.com/")


def test_the_authorization_request_names_each_resource() -> None:
    """RFC 8707 section 2.1, figure 1."""
    url = authorization_url("https://as.example/authorize", begun(resources=(*TWO, TWO[0])))
    assert parse_qs(urlsplit(url).query)["resource"] == list(TWO)
    assert "resource" not in authorization_url("https://as.example/authorize", begun())


def test_a_providers_settings_cannot_name_another_resource() -> None:
    pending = begun(extra_parameters={"resource": "https://evil.example", "dpop_jkt": "x"})
    url = authorization_url("https://as.example/authorize", pending, {"resource": "https://e.x"})
    assert "evil" not in url
    assert "dpop_jkt" not in url
    assert "e.x" not in url


def test_the_token_requests_name_each_resource() -> None:
    """RFC 8707 section 2.2, figures 3 and 5."""
    shared = {
        "endpoint": "https://as.example/token",
        "client": Client(client_id="c"),
        "now": NOW,
        "random": secrets.token_bytes,
    }
    code = code_request(pending=begun(), code="c", extra=resource_fields(TWO), **shared)
    refresh = refresh_request(refresh_token="r", extra=resource_fields(TWO[:1]), **shared)
    assert parse_qs((code.body or b"").decode())["resource"] == list(TWO)
    assert parse_qs((refresh.body or b"").decode())["resource"] == [TWO[0]]


@pytest.mark.parametrize(
    "uri", ["", "cal", "/calendar", "urn:x:y", "http://a.example/", "https://a.example/#x", "a\nb"]
)
def test_what_names_no_resource_is_refused(uri: str) -> None:
    """RFC 8707 section 2: absolute, without a fragment."""
    with pytest.raises(ResourceError):
        check_resource(uri)
    with pytest.raises(ResourceError):
        resource_fields((TWO[0], uri))


def test_too_many_are_refused_and_none_is_no_field() -> None:
    assert resource_fields(()) == {}
    with pytest.raises(ResourceError):
        resource_fields([f"https://a{number}.example/" for number in range(21)])


def test_the_providers_no_has_its_own_error() -> None:
    """RFC 8707 section 2 (invalid_target)."""
    with pytest.raises(InvalidTargetError):
        parse_token_response(json_answer({"error": "invalid_target"}, status=400))


@given(st.text())
def test_any_text_is_a_resource_or_one_of_our_errors(text: str) -> None:
    with suppress(OAuthError):
        assert check_resource(text) == text
