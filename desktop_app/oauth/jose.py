"""joserfc, set up for us: our allow-list, our limits. Import it late, it takes 94 ms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

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

# What a hostile key or token can make the libraries raise besides their own errors.
JOSE_ERRORS = (JoseError, ValueError, TypeError, KeyError, ArithmeticError, NotImplementedError)

_CURVES = {
    "ES256": "P-256",
    "ES384": "P-384",
    "ES512": "P-521",
    "EdDSA": "Ed25519",
    "Ed25519": "Ed25519",
}
_PUBLIC_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_MAX_MEMBER = 2731  # base64 of 16384 bits: larger keys only cost time
_MIN_RSA_BITS = 2048


class Registry(jws.JWSRegistry):
    """joserfc's algorithms, but exactly the ones named, without its deprecation warnings.

    It warns about ``EdDSA`` (RFC 9864 has renamed it), which providers still sign with.
    """

    max_header_length = 8192
    max_payload_length = 1 << 20
    max_signature_length = 4096

    def get_alg(self, name: str) -> jws.JWSAlgModel:
        """Return the algorithm called *name*.

        Raises:
            UnsupportedAlgorithmError: If it is not one of those named.
        """
        if name not in (self.allowed or ()) or name not in self.algorithms:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


def registry(algorithm: str) -> Registry:
    """Return a registry for *algorithm* alone; header members nobody knows are left alone."""
    return Registry(algorithms=[algorithm], strict_check_header=False)


def key_type(algorithm: str) -> str:
    """Return the JWK key type that *algorithm* needs.

    Source: RFC 7518 section 3.1, RFC 8037 section 3.1.
    """
    prefixes = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP", "HS": "oct"}
    return prefixes.get(algorithm[:2], "")


def public_key(jwk: Mapping[str, Any], algorithm: str) -> Key | None:
    """Return *jwk* as a key for *algorithm*, or None if it is none.

    Only public members are read, so that nothing else in a provider's document matters.

    Source: RFC 7517 section 4, RFC 7518 sections 6.2 and 6.3, RFC 8037 section 2.
    """
    kind = key_type(algorithm)
    members = {name: jwk.get(name) for name in _PUBLIC_MEMBERS.get(kind, ())}
    texts = {name: text for name, text in members.items() if _is_member(text)}
    if not texts or len(texts) != len(members) or jwk.get("kty") != kind:
        return None
    if not _fits(texts, algorithm):
        return None
    try:
        return JWKRegistry.import_key({"kty": kind, **texts})
    except JOSE_ERRORS:
        return None


def _is_member(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _MAX_MEMBER and text.isascii()


def _fits(members: Mapping[str, Any], algorithm: str) -> bool:
    curve = _CURVES.get(algorithm)
    if curve is not None:
        return bool(members["crv"] == curve)
    # 6 bits a character; the exponent of every real key has at most 6 characters.
    return len(members["n"]) * 6 >= _MIN_RSA_BITS and len(members["e"]) <= 8  # noqa: PLR2004


def private_key_algorithm(key: Key) -> str:
    """Return the usual algorithm for *key*.

    Source: RFC 7518 section 3.1.
    """
    if isinstance(key, RSAKey):
        return "RS256"
    if isinstance(key, ECKey | OKPKey):
        curves = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "EdDSA"}
        return curves.get(key.curve_name, "")
    return ""
