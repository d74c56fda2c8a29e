import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.issuer import check_issuer, issuer_candidates


@pytest.mark.parametrize(
    ("typed", "issuer"),
    [
        ("accounts.google.com", "https://accounts.google.com"),
        ("  https://Op.Example.COM/Realm ", "https://op.example.com/Realm"),
        ("op.example.com:8443/a", "https://op.example.com:8443/a"),
        ("//op.example.com", "https://op.example.com"),
        ("localhost:3000", "http://localhost:3000"),
        ("[::1]:3000/x", "http://[::1]:3000/x"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("https://op.example/x/.well-known/openid-configuration", "https://op.example/x"),
        ("https://op.example/.well-known/oauth-authorization-server/x", "https://op.example/x"),
    ],
)
def test_what_a_person_types_becomes_an_issuer(typed: str, issuer: str) -> None:
    assert check_issuer(typed) == issuer


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x y",
        "http://op.example.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "me@op.example.com",
        "https://op.example.com?x=1",
        "https://op.example.com/#x",
        "https://" + "ü" * 70 + ".example",
    ],
)
def test_what_can_be_no_issuer_is_refused(typed: str) -> None:
    with pytest.raises(EndpointError):
        check_issuer(typed)


def test_candidates_are_both_spellings_of_the_last_slash() -> None:
    assert issuer_candidates("a.example/x") == ("https://a.example/x", "https://a.example/x/")
    assert issuer_candidates("a.example/") == ("https://a.example/", "https://a.example")


@given(st.text())
def test_any_text_is_an_issuer_or_an_endpoint_error(text: str) -> None:
    with contextlib.suppress(EndpointError):
        assert check_issuer(text).startswith(("https://", "http://"))
