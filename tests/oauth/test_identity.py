import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import UserinfoError
from desktop_app.oauth.identity import read_identity

# RFC 6901 section 5, its example.
POINTED: dict[str, Any] = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


def test_openids_own_names_are_the_default() -> None:
    claims = {
        "sub": "248289761001",
        "name": "Jane Doe",
        "preferred_username": "j.doe",
        "email": "janedoe@example.com",
        "picture": "https://example.com/janedoe/me.jpg",
    }
    identity = read_identity(claims)
    assert identity.subject == "248289761001"
    assert (identity.name, identity.username) == ("Jane Doe", "j.doe")
    assert identity.email == "janedoe@example.com"
    assert identity.avatar_url == "https://example.com/janedoe/me.jpg"
    assert identity.claims == claims


def test_other_shapes_are_read_through_their_mapping() -> None:
    claims = {
        "id": 583231,
        "login": "octocat",
        "data": {"photos": [{"url": "https://a.example/p"}]},
    }
    identity = read_identity(
        claims,
        subject="id",
        name=None,
        username="login",
        email=None,
        avatar_url="/data/photos/0/url",
    )
    assert (identity.subject, identity.username) == ("583231", "octocat")
    assert (identity.name, identity.email) == (None, None)
    assert identity.avatar_url == "https://a.example/p"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/foo/0", "bar"),
        ("/", "0"),
        ("/a~1b", "1"),
        ("/c%d", "2"),
        ("/e^f", "3"),
        ("/g|h", "4"),
        ("/i\\j", "5"),
        ('/k"l', "6"),
        ("/ ", "7"),
        ("/m~0n", "8"),
    ],
)
def test_pointers_match_the_rfc_vectors(pointer: str, value: str) -> None:
    """RFC 6901 section 5."""
    assert read_identity(POINTED, subject=pointer).subject == value


@pytest.mark.parametrize(
    "pointer", ["/foo/2", "/foo/-", "/foo/01", "/foo/x", "/foo/0/x", "/no", "/foo"]
)
def test_pointers_to_nothing_name_no_account(pointer: str) -> None:
    with pytest.raises(UserinfoError):
        read_identity(POINTED, subject=pointer)


@pytest.mark.parametrize("sub", [None, "", "  ", True, 1.5, [], {}, "x" * 256])
def test_an_account_needs_an_identifier(sub: object) -> None:
    with pytest.raises(UserinfoError):
        read_identity({"sub": sub})


def test_the_subject_is_kept_to_the_letter_and_shown_texts_are_cleaned() -> None:
    identity = read_identity({"sub": " A\u202eb ", "name": "Eve\u202e\n\x00 X", "email": ["x"]})
    assert identity.subject == " A\u202eb "
    assert (identity.name, identity.email) == ("Eve X", None)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "http://a.example/x", "data:,x", 7, ""]
)
def test_a_picture_is_only_fetched_from_a_safe_address(url: object) -> None:
    assert read_identity({"sub": "a", "picture": url}).avatar_url is None


def test_claims_are_not_in_the_repr() -> None:
    assert "hidden" not in repr(read_identity({"sub": "a", "phone": "hidden"}))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text("ab/~0"), children),
    max_leaves=8,
)


@given(st.dictionaries(st.text("ab/~0"), _JSON), st.text("ab/~01"))
def test_any_claims_are_an_identity_or_a_userinfo_error(claims: dict[str, Any], place: str) -> None:
    with suppress(UserinfoError):
        json.dumps(read_identity(claims, subject=place, name=place, avatar_url=place).subject)
