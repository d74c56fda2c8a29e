import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.redirect_uri import matches, redirect_uri

OURS = "http://127.0.0.1:51004/callback"


def test_redirect_uris_are_those_of_the_rfc() -> None:
    """RFC 8252 section 7.3."""
    assert redirect_uri("127.0.0.1", 51004, "/oauth2redirect/example-provider") == (
        "http://127.0.0.1:51004/oauth2redirect/example-provider"
    )
    assert redirect_uri("[::1]", 61023, "/x") == "http://[::1]:61023/x"


@pytest.mark.parametrize("url", [OURS, OURS + "?code=a&state=b"])
def test_our_own_redirect_uri_matches(url: str) -> None:
    assert matches(OURS, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:51004/callback?code=a",
        "http://127.0.0.1:51005/callback?code=a",
        "http://localhost:51004/callback?code=a",
        "http://127.0.0.1:51004/callback/?code=a",
        "http://x@127.0.0.1:51004/callback",
        "http://127.0.0.1:510040/callback",
        "http://[",
        "",
    ],
)
def test_other_addresses_do_not_match(url: str) -> None:
    assert not matches(OURS, url)


def test_a_query_of_the_redirect_uri_itself_must_be_there() -> None:
    assert matches("https://a.example/cb?app=1", "https://a.example/cb?app=1&code=x")
    assert not matches("https://a.example/cb?app=1", "https://a.example/cb?app=12&code=x")


@given(st.text())
def test_any_text_is_compared_without_an_error(text: str) -> None:
    assert isinstance(matches(OURS, text), bool)
