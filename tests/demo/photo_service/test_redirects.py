"""Which redirect URIs are taken."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.demo.photo_service.queries import after_sign_in, asks_for_sign_in, with_prompt
from desktop_app.demo.photo_service.redirects import form_action, is_loopback_redirect


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_any_loopback_port_is_taken(host: str) -> None:
    """RFC 8252 section 7.3."""
    assert is_loopback_redirect(f"http://{host}:49152/callback")


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/callback",
        "https://127.0.0.1:1/callback",
        "http://127.0.0.1:1/other",
        "http://127.0.0.1:1/callback?a=b",
        "http://127.0.0.1:1/callback#a",
        "http://user@127.0.0.1:1/callback",
        "http://127.0.0.1:x/callback",
        "http://[::1/callback",
        "http://127.0.0.1:1\\@evil.example/callback",
        "http://10.0.0.1:1/callback",
        "",
    ],
)
def test_anything_else_is_not(uri: str) -> None:
    assert not is_loopback_redirect(uri)


@settings(deadline=None)
@given(st.text())
def test_what_is_taken_is_always_on_this_machine(uri: str) -> None:
    for candidate in (uri, f"http://127.0.0.1:80{uri}/callback", f"http://{uri}:80/callback"):
        if is_loopback_redirect(candidate):
            assert urlsplit(candidate).hostname in {"127.0.0.1", "::1", "localhost"}
            assert not set(form_action(candidate)) & set(" ;,'\"\\")


def test_ipv6_has_no_csp_syntax() -> None:
    assert form_action("http://[::1]:8000/callback") == "http:"
    assert form_action("http://localhost:8000/callback") == "http://localhost:8000"


@settings(deadline=None)
@given(st.text())
def test_a_query_is_fulfilled_by_one_sign_in(query: str) -> None:
    assert not asks_for_sign_in(after_sign_in(query), age=1e9)


def test_prompt_keeps_what_a_sign_in_does_not_fulfil() -> None:
    assert after_sign_in("a=b&prompt=login+consent&max_age=0") == "a=b&prompt=consent"
    assert with_prompt("a=b&prompt=none", "select_account") == "a=b&prompt=select_account"
