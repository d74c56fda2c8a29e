from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import EndpointError
from desktop_app.providers.origins import origin_of, token_host


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://A.example/path?q", "https://a.example"),
        ("https://a.example:443/", "https://a.example"),
        ("https://a.example:8443/", "https://a.example:8443"),
        ("http://127.0.0.1:9200/x", "http://127.0.0.1:9200"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:9200/", "http://[::1]:9200"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    """RFC 6454 section 6.2."""
    assert origin_of(url) == origin


def test_a_bare_host_means_https() -> None:
    assert token_host("api.example") == "https://api.example"
    assert token_host("api.example:8443") == "https://api.example:8443"


@pytest.mark.parametrize(
    "text",
    ["", "http://api.example", "api.example/path", "api.example?x", "*.example", "a b", "u@h"],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(EndpointError):
        token_host(text)


@given(st.text(max_size=40))
def test_any_text_gives_a_stable_origin_or_an_error_of_ours(text: str) -> None:
    try:
        origin = token_host(text)
    except EndpointError:
        return
    assert token_host(origin) == origin
