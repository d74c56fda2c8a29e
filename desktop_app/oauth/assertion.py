"""Signed client assertions. Imports joserfc: import it late."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from desktop_app.oauth.algorithms import ASYMMETRIC, SYMMETRIC
from desktop_app.oauth.errors import ClientCredentialError
from desktop_app.oauth.jose import JOSE_ERRORS, private_key_algorithm, registry, secret_key


def sign_with_secret(claims: Mapping[str, Any], secret: str, algorithm: str | None) -> str:
    """Return *claims* signed with the client secret, by default with HS256.

    Raises:
        ClientCredentialError: If that can't be done.

    Source: OpenID Connect Core section 9 (client_secret_jwt).
    """
    name = algorithm if algorithm in SYMMETRIC else "HS256"
    try:
        return _sign({"alg": name}, claims, secret_key(secret))
    except JOSE_ERRORS as error:
        raise ClientCredentialError("the secret can't sign") from error


def sign_with_key(claims: Mapping[str, Any], private_key: str, algorithm: str | None) -> str:
    """Return *claims* signed with *private_key*, PEM or a JWK as JSON text.

    Raises:
        ClientCredentialError: If the key can't be read, or doesn't fit *algorithm*.

    Source: OpenID Connect Core section 9 (private_key_jwt), RFC 7523 section 2.2.
    """
    try:
        key = _read_key(private_key)
        header = {"alg": algorithm if algorithm in ASYMMETRIC else private_key_algorithm(key)}
        if key.kid:
            header["kid"] = key.kid
        return _sign(header, claims, key)
    except JOSE_ERRORS as error:
        raise ClientCredentialError("the private key can't sign") from error


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
