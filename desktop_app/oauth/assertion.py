"""Signed client assertions. Imports joserfc: import it late."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from desktop_app.oauth.algorithms import SYMMETRIC
from desktop_app.oauth.errors import ClientCredentialError
from desktop_app.oauth.jose import JOSE_ERRORS, private_key_algorithms, registry, secret_key


def sign_with_secret(claims: Mapping[str, Any], secret: str, algorithms: Sequence[str]) -> str:
    """Return *claims* signed with the client secret: HS256, or one of *algorithms* if given.

    Raises:
        ClientCredentialError: If that can't be done.

    Source: OpenID Connect Core section 9 (client_secret_jwt).
    """
    name = _chosen(SYMMETRIC, algorithms)
    try:
        return _sign({"alg": name}, claims, secret_key(secret))
    except JOSE_ERRORS as error:
        raise ClientCredentialError("the secret can't sign") from error


def sign_with_key(claims: Mapping[str, Any], private_key: str, algorithms: Sequence[str]) -> str:
    """Return *claims* signed with *private_key*, PEM or a JWK as JSON text.

    Of what the key can do, one of *algorithms* is taken, or the usual one if none of them fits.

    Raises:
        ClientCredentialError: If the key can't be read, or can't sign.

    Source: OpenID Connect Core section 9 (private_key_jwt), RFC 7523 section 2.2.
    """
    try:
        key = _read_key(private_key)
        header = {"alg": _chosen(private_key_algorithms(key), algorithms)}
        if key.kid:
            header["kid"] = key.kid
        return _sign(header, claims, key)
    except JOSE_ERRORS as error:
        raise ClientCredentialError("the private key can't sign") from error


def _chosen(able: Sequence[str], wanted: Sequence[str]) -> str:
    """A provider that says nothing, or nothing that can be done, gets what is usual."""
    return next((name for name in able if name in wanted), able[0] if able else "")


def _sign(header: Mapping[str, str], claims: Mapping[str, Any], key: Key) -> str:
    return jwt.encode(dict(header), dict(claims), key, registry=registry(header["alg"]))


def _read_key(text: str) -> Key:
    if text.lstrip().startswith("{"):
        return JWKRegistry.import_key(json.loads(text))
    raw = load_pem_private_key(text.encode(), password=None)
    if isinstance(raw, RSAPrivateKey):
        return RSAKey.import_key(raw)
    if isinstance(raw, EllipticCurvePrivateKey):
        return ECKey.import_key(raw)
    return OKPKey.import_key(text)
