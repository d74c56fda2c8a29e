"""Verifying one signature with one key. Imports joserfc: import it late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.jwk import Key

from desktop_app.oauth.algorithms import key_type
from desktop_app.oauth.jose import JOSE_ERRORS, public_key, registry, secret_key


def fits(jwk: Mapping[str, Any], algorithm: str) -> bool:
    """Tell whether *jwk* is meant for signatures with *algorithm*, as far as it says.

    Source: RFC 7517 sections 4.1 to 4.4.
    """
    operations = jwk.get("key_ops")
    return (
        jwk.get("kty") == key_type(algorithm)
        and jwk.get("use") in (None, "sig")
        and jwk.get("alg") in (None, algorithm)
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
        and public_key(jwk, algorithm) is not None
    )


def made_with(token: str, algorithm: str, jwk: Mapping[str, Any]) -> bool:
    """Tell whether *jwk* made the signature of *token*, which is a compact JWS.

    Source: RFC 7515 section 5.2.
    """
    key = public_key(jwk, algorithm)
    return key is not None and _is_valid(token, algorithm, key)


def made_with_secret(token: str, algorithm: str, client_secret: str) -> bool:
    """Tell whether *client_secret* made the signature of *token*, which is a compact JWS.

    Source: OpenID Connect Core section 10.1.
    """
    return _is_valid(token, algorithm, secret_key(client_secret))


def _is_valid(token: str, algorithm: str, key: Key) -> bool:
    try:
        jws.deserialize_compact(token, key, registry=registry(algorithm))
    except JOSE_ERRORS:
        return False
    return True
