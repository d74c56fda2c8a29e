"""Sealing: AES-256-GCM with a random nonce and bound context."""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop_app.vault.errors import DamagedRecordError

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD = NONCE_BYTES + TAG_BYTES


def seal(key: bytes, plaintext: bytes, *, associated_data: bytes) -> bytes:
    """Return nonce, ciphertext and tag of *plaintext*, bound to *associated_data*.

    The nonce comes from the operating system each time: a repeated one would give the key
    away, so nothing injects it. Random 96-bit nonces are good for 2**32 seals with one key.

    Raises:
        ValueError: If *key* is not 32 bytes.

    Source: NIST SP 800-38D section 8.2.2.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, plaintext, associated_data)


def open_sealed(key: bytes, sealed: bytes, *, associated_data: bytes) -> bytes:
    """Return the plaintext of what ``seal`` made.

    Raises:
        DamagedRecordError: If the bytes, the context or the key are not the ones of the seal.
        ValueError: If *key* is not 32 bytes.
    """
    cipher = _cipher(key)
    if len(sealed) < OVERHEAD:
        raise DamagedRecordError("too short to be sealed")
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated_data)
    except InvalidTag as error:
        raise DamagedRecordError from error


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError("the key must be 32 bytes")
    return AESGCM(key)


def derived_key(key: bytes, purpose: str) -> bytes:
    """Return a key for *purpose* alone, from which *key* can't be found out.

    *key* is random already, so expanding it is enough.

    Source: RFC 5869 sections 2.3 and 3.3.
    """
    return hmac.digest(key, purpose.encode("ascii") + b"\x01", "sha256")
