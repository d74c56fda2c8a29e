from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.provider_rules import AuthorizationRules, TokenRules
from desktop_app.oauth.token import TokenResponse, parse_token_response


def _parsed(body: bytes, rules: TokenRules) -> TokenResponse:
    headers = {"content-type": "application/json"}
    return parse_token_response(HttpResponse(status=200, headers=headers, body=body), rules)


def _request(body: bytes) -> HttpRequest:
    return HttpRequest(method="POST", url="https://a.example/token", headers={}, body=body)


def test_parameters_have_the_providers_own_names() -> None:
    rules = AuthorizationRules(
        client_id_parameter="client_key", scope_parameter="user_scope", scope_separator=","
    )
    asked = {"client_id": "c", "scope": "a b", "state": "s"}
    assert rules.renamed(asked) == {"client_key": "c", "user_scope": "a,b", "state": "s"}


def test_without_rules_a_request_stays_as_it_is() -> None:
    asked = {"client_id": "c", "scope": "a b"}
    assert AuthorizationRules().renamed(asked) == asked
    request = _request(b"client_id=c")
    assert TokenRules().request(request) is request


def test_what_came_with_the_code_goes_back_with_it() -> None:
    rules = TokenRules(returned=("device_id",)).with_returned({"device_id": "d", "other": "x"})
    body = rules.request(_request(b"code=a%26b&client_id=c&resource=1&resource=2")).body or b""
    pairs = parse_qsl(body.decode())
    assert ("device_id", "d") in pairs
    assert ("code", "a&b") in pairs
    assert [value for name, value in pairs if name == "resource"] == ["1", "2"]
    assert "other" not in dict(pairs)


def test_the_client_is_named_as_the_token_endpoint_wants_it() -> None:
    rules = TokenRules(client_id_parameter="client_key")
    assert rules.request(_request(b"client_id=c&code=x")).body == b"client_key=c&code=x"


def test_a_rule_never_replaces_a_field_of_the_request() -> None:
    rules = TokenRules(parameters={"code": "evil", "more": "1"})
    assert parse_qsl((rules.request(_request(b"code=good")).body or b"").decode()) == [
        ("code", "good"),
        ("more", "1"),
    ]


def test_tokens_are_found_inside_and_under_other_names() -> None:
    rules = TokenRules(root="/data", members={"access_token": "/key/value"}, token_type="Bearer")
    found = _parsed(b'{"data":{"key":{"value":"t"},"token_type":"user"}}', rules)
    assert (found.access_token, found.token_type) == ("t", "Bearer")


def test_an_answer_without_the_wrapping_is_taken_too() -> None:
    found = _parsed(b'{"access_token":"t"}', TokenRules(root="/authed_user"))
    assert found.access_token == "t"


@pytest.mark.parametrize(("body", "seconds"), [(b"", 300), (b',"expires_in":60', 60)])
def test_a_lifetime_is_filled_in_only_where_none_is_told(body: bytes, seconds: int) -> None:
    found = _parsed(b'{"access_token":"t","refresh_token":"r"' + body + b"}", _LIFETIMES)
    assert found.expires_in == seconds
    assert found.refresh_token_expires_in == 3000


_LIFETIMES = TokenRules(lifetime=300, refresh_lifetime=3000)


def test_scopes_are_parted_where_the_provider_parts_them() -> None:
    found = _parsed(b'{"access_token":"t","scope":"A;B"}', TokenRules(scope_separator=";"))
    assert found.scope == ("A", "B")


@pytest.mark.parametrize("inner", [{}, {"user": {"id": 1}}])
def test_only_what_a_rule_names_is_kept(inner: dict[str, Any]) -> None:
    assert TokenRules(keep=("user_id",)).kept({**inner, "user_id": "m"}) == {"user_id": "m"}
