from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.vault.crypto import OVERHEAD, open_sealed, seal
from desktop_app.vault.errors import DamagedRecordError

_KEY = bytes(range(32))


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_was_sealed_opens_with_the_same_key_and_context(text: bytes, context: bytes) -> None:
    sealed = seal(_KEY, text, associated_data=context)
    assert open_sealed(_KEY, sealed, associated_data=context) == text
    assert len(sealed) == len(text) + OVERHEAD


@given(st.binary(max_size=100), st.data())
def test_any_flipped_bit_is_noticed(text: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(_KEY, text, associated_data=b"c"))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedRecordError):
        open_sealed(_KEY, bytes(sealed), associated_data=b"c")


@given(st.binary(max_size=200))
def test_bytes_from_outside_never_open(content: bytes) -> None:
    with pytest.raises(DamagedRecordError):
        open_sealed(_KEY, content, associated_data=b"")


def test_another_key_or_context_does_not_open() -> None:
    sealed = seal(_KEY, b"text", associated_data=b"here")
    with pytest.raises(DamagedRecordError):
        open_sealed(_KEY, sealed, associated_data=b"there")
    with pytest.raises(DamagedRecordError):
        open_sealed(os.urandom(32), sealed, associated_data=b"here")


def test_two_seals_of_one_text_differ() -> None:
    assert seal(_KEY, b"x", associated_data=b"") != seal(_KEY, b"x", associated_data=b"")


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(bytes(length), b"", associated_data=b"")
