from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.vault.errors import DamagedRecordError, DamagedVaultError, VaultVersionError
from desktop_app.vault.passphrase import Argon2Parameters
from desktop_app.vault.wraps import (
    KeyFileWrap,
    PassphraseWrap,
    Wraps,
    decode_wraps,
    encode_wraps,
    unwrap_key,
    wrap_key,
)

_WRAPS = Wraps(
    vault_id="ab12",
    passphrase=PassphraseWrap(argon2id=Argon2Parameters(salt=bytes(16)), sealed=b"sealed"),
    key_file=KeyFileWrap(path="/somewhere/key", sealed=b"sealed too"),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def test_the_file_reads_back() -> None:
    assert decode_wraps(encode_wraps(_WRAPS)) == _WRAPS


def test_unknown_fields_are_passed_over() -> None:
    document = json.loads(encode_wraps(_WRAPS)) | {"later": True}
    assert decode_wraps(json.dumps(document).encode()) == _WRAPS


def test_a_newer_version_is_refused_by_name() -> None:
    content = encode_wraps(_WRAPS).replace(b'"version": 1', b'"version": 2')
    with pytest.raises(VaultVersionError):
        decode_wraps(content)


def test_a_newer_version_is_refused_even_if_its_shape_is_unknown() -> None:
    with pytest.raises(VaultVersionError):
        decode_wraps(b'{"version": 9, "vault_id": ["new"], "shares": 3}')


@given(st.binary(max_size=200))
def test_other_bytes_are_damage(content: bytes) -> None:
    with pytest.raises(DamagedVaultError):
        decode_wraps(content)


@given(_JSON, st.sampled_from(["passphrase", "key_file", "keyring", "vault_id", "version"]))
def test_other_values_are_damage_or_fit(value: Any, field: str) -> None:
    document = json.loads(encode_wraps(_WRAPS)) | {field: value}
    with suppress(DamagedVaultError, VaultVersionError):
        decode_wraps(json.dumps(document).encode())


@pytest.mark.parametrize("content", [b'{"version": 1, "vault_id": "a"}', b"[" * 100_000, b""])
def test_a_file_that_opens_nothing_is_damage(content: bytes) -> None:
    with pytest.raises(DamagedVaultError):
        decode_wraps(content)


def test_a_wrap_belongs_to_one_vault_and_one_kind() -> None:
    sealed = wrap_key(bytes(32), b"k" * 32, vault_id="a", kind="keyring")
    assert unwrap_key(bytes(32), sealed, vault_id="a", kind="keyring") == b"k" * 32
    for vault_id, kind in (("b", "keyring"), ("a", "passphrase")):
        with pytest.raises(DamagedRecordError):
            unwrap_key(bytes(32), sealed, vault_id=vault_id, kind=kind)
