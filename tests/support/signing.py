"""A provider's signing keys and ID tokens for tests, made with joserfc as real providers do."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from joserfc import jws
from joserfc.jwk import JWKRegistry, Key

from desktop_app.oauth.jose import registry
from desktop_app.oauth.jwks import JsonWebKeySet

NOW = 1_700_000_000.0
ISSUER = "https://op.example.com"
CLIENT_ID = "coatcheck-client"

_KINDS = {
    "RS": ("RSA", 2048),
    "PS": ("RSA", 2048),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "Ed": ("OKP", "Ed25519"),
}


@cache
def signing_key(algorithm: str = "RS256", number: int = 1) -> Key:
    """Return the private key *number* for *algorithm*, made once a run."""
    kind, size = _KINDS.get(algorithm) or _KINDS[algorithm[:2]]
    return JWKRegistry.generate_key(kind, size)


def public_jwk(algorithm: str = "RS256", number: int = 1, **members: Any) -> dict[str, Any]:
    """Return the public half of a signing key; a member given as None is left out."""
    jwk = {**signing_key(algorithm, number).as_dict(private=False), **members}
    return {name: value for name, value in jwk.items() if value is not None}


def key_set(*keys: dict[str, Any]) -> JsonWebKeySet:
    """Return *keys* as the provider's key set."""
    return JsonWebKeySet(tuple(keys))


def claims(**changes: Any) -> dict[str, Any]:
    """Return good ID token claims with *changes*; a claim given as None is left out."""
    good = {
        "iss": ISSUER,
        "sub": "248289761001",
        "aud": CLIENT_ID,
        "exp": NOW + 300,
        "iat": NOW,
        "nonce": "n-0S6_WzA2Mj",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(
    content: dict[str, Any] | bytes,
    *,
    algorithm: str = "RS256",
    number: int = 1,
    kid: str | None = "key-1",
    key: Key | None = None,
    **header: Any,
) -> str:
    """Return *content* as a signed compact token."""
    protected = {"alg": algorithm, **({"kid": kid} if kid else {}), **header}
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    signer = key or signing_key(algorithm, number)
    return jws.serialize_compact(protected, payload, signer, registry=registry(algorithm))


def unsigned(header: dict[str, Any], content: dict[str, Any]) -> str:
    """Return a token with an empty signature."""
    return f"{_segment(header)}.{_segment(content)}."


def _segment(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
