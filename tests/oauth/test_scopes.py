import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import ScopeError
from desktop_app.oauth.scopes import difference, format_scope, parse_scope, read_granted

_SCOPE = st.from_regex(r"[\x21\x23-\x5b\x5d-\x7e]{1,20}", fullmatch=True)


def test_scopes_keep_their_order_and_lose_repeats() -> None:
    assert parse_scope("openid  email openid") == ("openid", "email")
    assert format_scope(["openid", "email", "openid"]) == "openid email"


@given(st.lists(_SCOPE, unique=True))
def test_what_is_formatted_is_parsed_again(scopes: list[str]) -> None:
    assert parse_scope(format_scope(scopes)) == tuple(scopes)


@pytest.mark.parametrize("bad", ['a"b', "a\\b", "a b", "é", "a\nb", "\x00", "a" * 513])
def test_a_scope_with_a_forbidden_character_is_refused(bad: str) -> None:
    """RFC 6749 section 3.3."""
    with pytest.raises(ScopeError):
        format_scope([bad])


@given(st.text())
def test_any_text_is_scopes_or_a_scope_error(text: str) -> None:
    with contextlib.suppress(ScopeError):
        parse_scope(text)


def test_difference_tells_what_is_missing_and_what_nobody_asked_for() -> None:
    found = difference(["openid", "email", "repo"], ["openid", "gist"])
    assert found.missing == ("email", "repo")
    assert found.unasked == ("gist",)


@pytest.mark.parametrize(
    ("value", "scopes"),
    [
        ("openid email", ("openid", "email")),
        ("repo,gist", ("repo", "gist")),
        ("", ()),
        (["user:read:email", 3, "a b"], ("user:read:email",)),
        (None, None),
        (7, None),
        ({}, None),
    ],
)
def test_granted_scopes_are_read_in_every_form_in_use(
    value: object, scopes: tuple[str, ...] | None
) -> None:
    assert read_granted(value) == scopes
