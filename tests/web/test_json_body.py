"""Strict reading: any bytes are a value or an error that may be shown."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import InvalidRequestError
from desktop_app.v1_0.schemas.profiles import ProfilesQuery, TokenWish
from desktop_app.web.json_body import convert, parse_json, parse_query

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_an_object_or_an_error(body: bytes) -> None:
    try:
        value = parse_json(body)
    except InvalidRequestError:
        return
    assert isinstance(value, dict)
    msgspec.json.encode(value)


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=5))
def test_an_object_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@given(st.dictionaries(st.sampled_from(["scopes", "min_valid_seconds", "x"]), VALUES))
def test_any_object_fits_or_is_refused(value: dict[str, object]) -> None:
    try:
        wish = convert(value, TokenWish)
    except InvalidRequestError as error:
        assert error.fields["field"]
        return
    assert wish.min_valid_seconds >= 0


def test_a_nested_field_is_named() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        convert({"scopes": ["a", 5]}, TokenWish)
    assert caught.value.fields["field"] == "scopes[1]"


@given(
    st.dictionaries(
        st.sampled_from(["query", "offset", "limit", "other"]),
        st.lists(st.binary(max_size=12), min_size=1, max_size=2),
    )
)
def test_any_query_fits_or_is_refused(arguments: dict[str, list[bytes]]) -> None:
    try:
        wish = parse_query(arguments, ProfilesQuery)
    except InvalidRequestError as error:
        assert error.fields["field"] in {"query", "offset", "limit"}
        return
    assert 0 <= wish.limit <= 1_000
    assert wish.offset >= 0
