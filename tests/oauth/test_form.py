import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.form import add_query, encode_form, parse_form
from desktop_app.oauth.json_body import MalformedBodyError


def test_a_form_is_encoded_as_the_rfc_says() -> None:
    """RFC 6749 appendix B."""
    assert encode_form({"v": " %&+£€"}) == b"v=+%25%26%2B%C2%A3%E2%82%AC"


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
)
def test_what_is_encoded_is_parsed_again(fields: dict[str, str]) -> None:
    assert parse_form(encode_form(fields).decode()) == fields


@pytest.mark.parametrize(
    "text", ["a=1&a=1", "a=1&a=2", "a=%ff", "a=\ud800", "&".join(f"a{i}=1" for i in range(101))]
)
def test_repeated_fields_bad_text_and_too_many_fields_are_refused(text: str) -> None:
    with pytest.raises(MalformedBodyError):
        parse_form(text)


def test_a_query_that_is_there_stays_byte_for_byte() -> None:
    assert add_query("https://a/x?B=%7e&c", {"d": "1"}) == "https://a/x?B=%7e&c&d=1"
    assert add_query("https://a/x?", {"d": "1"}) == "https://a/x?d=1"
    assert add_query("https://a/x", {}) == "https://a/x"


@given(st.text())
def test_any_text_is_fields_or_malformed(text: str) -> None:
    with contextlib.suppress(MalformedBodyError):
        parse_form(text)


def test_a_field_may_be_repeated_on_purpose() -> None:
    """RFC 8707 section 2."""
    fields = {"a": "1", "resource": ("x y", "z")}
    assert encode_form(fields) == b"a=1&resource=x+y&resource=z"
    assert add_query("https://a/x", fields) == "https://a/x?a=1&resource=x+y&resource=z"
    assert encode_form({"resource": ()}) == b""
