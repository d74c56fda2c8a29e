"""The signature algorithms that Coatcheck accepts and makes."""

from __future__ import annotations

ASYMMETRIC = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
SYMMETRIC = ("HS256", "HS384", "HS512")

_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP", "HS": "oct"}


def key_type(algorithm: str) -> str:
    """Return the JWK key type that *algorithm* needs, or "".

    Source: RFC 7518 section 3.1, RFC 8037 section 3.1.
    """
    return _KEY_TYPES.get(algorithm[:2], "")


def hash_name(algorithm: str) -> str:
    """Return the hash that goes with *algorithm*; Ed25519 uses SHA-512 inside.

    Source: RFC 7518 section 3.1, RFC 8032 section 5.1.
    """
    size = algorithm[-3:]
    return f"sha{size}" if size in {"256", "384"} else "sha512"
