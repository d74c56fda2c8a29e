from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.pointer import find

_DOCUMENT = {"a": {"b/c": [1, {"d": "deep"}]}, "first": "Maria", "last": " Sample ", "id": 7}


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("id", 7),
        ("/a/b~1c/1/d", "deep"),
        ("/a/b~1c/7", None),
        ("nothing", None),
        ("{first} {last}", "Maria Sample"),
        ("{first} {middle} {last}", "Maria Sample"),
        ("{/a/b~1c/1/d}", "deep"),
        ("{middle}", None),
        ("https://pictures.example/{id}.png", "https://pictures.example/7.png"),
        ("https://pictures.example/{id}/{middle}.png", None),
    ],
)
def test_a_place_is_a_name_a_pointer_or_a_template_of_both(place: str, found: Any) -> None:
    """RFC 6901 section 4."""
    assert find(_DOCUMENT, place) == found


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(_JSON, st.text())
def test_no_document_and_no_place_breaks_it(document: Any, place: str) -> None:
    find(document, place)
