"""joserfc, set up for us: our allow-list, our limits. Import it late, it takes 94 ms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, JWKRegistry, Key, OctKey, OKPKey, RSAKey
from joserfc.util import base64_to_int

from desktop_app.oauth.algorithms import key_type

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
_MIN_RSA_BITS = 2048  # RFC 7518 section 3.3
_MAX_EXPONENT = 8


class Registry(jws.JWSRegistry):
    """joserfc's algorithms, but exactly the ones named, without its deprecation warnings.

    It warns about ``EdDSA`` (RFC 9864 has renamed it), which providers still sign with.
    """

    max_header_length = 8192
    max_payload_length = 1 << 20
    max_signature_length = 4096

    def get_alg(self, name: str) -> Any:
        """Return the algorithm (a ``JWSAlgModel``) called *name*.

        Raises:
            UnsupportedAlgorithmError: If it is not one of those named.
        """
        if name not in (self.allowed or ()) or name not in self.algorithms:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


def registry(algorithm: str) -> Registry:
    """Return a registry for *algorithm* alone; header members nobody knows are left alone."""
    return Registry(algorithms=[algorithm], strict_check_header=False)


def public_key(jwk: Mapping[str, Any], algorithm: str) -> Key | None:
    """Return *jwk* as a key for *algorithm*, or None if it is none.

    Only public members are read, so that nothing else in a provider's document matters.

    Source: RFC 7517 section 4, RFC 7518 sections 6.2 and 6.3, RFC 8037 section 2.
    """
    kind = key_type(algorithm)
    members = {name: jwk.get(name) for name in _PUBLIC_MEMBERS.get(kind, ())}
    if jwk.get("kty") != kind or not members or not all(map(_is_member, members.values())):
        return None
    if not _fits(members, algorithm):
        return None
    try:
        return JWKRegistry.import_key({"kty": kind, **cast("dict[str, str]", members)})
    except JOSE_ERRORS:
        return None


def secret_key(secret: str) -> OctKey:
    """Return the client secret as a key; providers decide how long it is.

    ``OctKey.import_key`` would warn of short ones and of those that look like a PEM.

    Source: OpenID Connect Core section 10.1 (the UTF-8 octets of the secret).
    """
    octets = secret.encode()
    return OctKey(octets, octets)


def _is_member(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _MAX_MEMBER and text.isascii()


def _fits(members: Mapping[str, Any], algorithm: str) -> bool:
    curve = _CURVES.get(algorithm)
    if curve is not None:
        return bool(members["crv"] == curve)
    # Verifying takes longer with the exponent; that of every real key has at most 6 characters.
    return len(members["e"]) <= _MAX_EXPONENT and _bits(members["n"]) >= _MIN_RSA_BITS


def _bits(text: str) -> int:
    """Return the size of a number; what is no number has none."""
    try:
        return base64_to_int(text).bit_length()
    except JOSE_ERRORS:
        return 0


def private_key_algorithm(key: Key) -> str:
    """Return the usual algorithm for *key*, or ""."""
    return next(iter(private_key_algorithms(key)), "")


def private_key_algorithms(key: Key) -> tuple[str, ...]:
    """Return what *key* can sign with, the usual one first.

    Source: RFC 7518 section 3.1, RFC 9864 section 2.2.
    """
    if isinstance(key, RSAKey):
        return ("RS256", "PS256", "RS384", "PS384", "RS512", "PS512")
    if isinstance(key, ECKey | OKPKey):
        return tuple(name for name, curve in _CURVES.items() if curve == key.curve_name)
    return ()
