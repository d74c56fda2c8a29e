"""The key of a DPoP-bound grant. Imports joserfc: import it late."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jws
from joserfc.jwk import JWKRegistry, Key

from desktop_app.oauth.flow_errors import DpopKeyError
from desktop_app.oauth.jose import JOSE_ERRORS, private_key_algorithm, registry

# The usual one first. Each with its key type and curve or size.
_KINDS: dict[str, tuple[str, str | int]] = {
    "ES256": ("EC", "P-256"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "PS256": ("RSA", 2048),
    "RS256": ("RSA", 2048),
}

_TYPES = frozenset(kind for kind, _ in _KINDS.values())


def generate(algorithms: Sequence[str] | None) -> str:
    """Return a new private key as JSON text, its ``alg`` named in it.

    Raises:
        DpopKeyError: If none of *algorithms* can be done.
    """
    able = [name for name in _KINDS if not algorithms or name in algorithms]
    if not able:
        raise DpopKeyError("no algorithm in common")
    kind, size = _KINDS[able[0]]
    key = JWKRegistry.generate_key(kind, size)
    return json.dumps({**key.as_dict(private=True), "alg": able[0]})


def thumbprint(text: str) -> str:
    """Return the thumbprint of the key's public half.

    Raises:
        DpopKeyError: If the key can't be read.

    Source: RFC 7638 section 3.
    """
    return _read(text)[0].thumbprint()


def sign(claims: Mapping[str, Any], text: str) -> str:
    """Return *claims* as a proof that the key signs.

    Raises:
        DpopKeyError: If the key can't be read.

    Source: RFC 9449 section 4.2.
    """
    key, algorithm = _read(text)
    if not key.is_private:
        raise DpopKeyError("the private half is missing")
    public = key.as_dict(private=False)
    header = {
        "typ": "dpop+jwt",
        "alg": algorithm,
        "jwk": {
            name: public[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in public
        },
    }
    try:
        return jws.serialize_compact(
            header, json.dumps(claims).encode(), key, registry=registry(algorithm)
        )
    except JOSE_ERRORS as error:
        raise DpopKeyError("the key can't sign") from error


def _read(text: str) -> tuple[Key, str]:
    try:
        jwk = json.loads(text)
        if jwk.get("kty") not in _TYPES:
            raise DpopKeyError("the key is not for proofs")
        key = JWKRegistry.import_key(jwk)
        algorithm = jwk.get("alg") or private_key_algorithm(key)
    except (*JOSE_ERRORS, AttributeError) as error:
        raise DpopKeyError("the key can't be read") from error
    if algorithm not in _KINDS:
        raise DpopKeyError("the key is not for proofs")
    return key, algorithm
