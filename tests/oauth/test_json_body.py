import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.json_body import MalformedBodyError, parse_json, parse_json_object

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.text(st.characters(codec="utf-8")),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text("abc"), children),
    max_leaves=10,
)


@given(_JSON)
def test_what_json_says_is_read(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert parse_json_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_an_integer_over_64_bits_keeps_its_digits() -> None:
    assert parse_json_object(b'{"id": 123456789012345678901}') == {"id": "123456789012345678901"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"<html></html>",
        b"{",
        b'{"a": 1} x',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": "\xff"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b"[" * 40 + b"]" * 40,
        b'{"a":' * 40 + b"1" + b"}" * 40,
    ],
)
def test_json_that_could_be_read_in_two_ways_or_not_kept_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedBodyError):
        parse_json(body)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null"])
def test_what_is_no_object_is_refused_where_one_is_needed(body: bytes) -> None:
    with pytest.raises(MalformedBodyError, match="object"):
        parse_json_object(body)


@given(st.binary() | st.text('{}[]",:0123456789eE+-.\\untrfals ').map(str.encode))
def test_any_bytes_are_a_value_or_malformed(body: bytes) -> None:
    with contextlib.suppress(MalformedBodyError):
        json.dumps(parse_json(body), allow_nan=False)
