"""The keys that sign ID tokens, and their rotation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

_ALGORITHM = "RS256"
_BITS = 2048
_KEPT = 2
"""The signing key, and the one before it, so that a token signed a moment ago still verifies."""


class SigningKeys:
    """RSA keys, the newest first. RS256 is what every OpenID client must know.

    Source: OpenID Connect Core section 15.1.
    """

    def __init__(self, keys: Sequence[RSAKey] = ()) -> None:
        self._keys = list(keys)

    @classmethod
    def load(cls, documents: Sequence[Mapping[str, Any]]) -> SigningKeys:
        """Read keys as :meth:`dump` wrote them."""
        return cls([RSAKey.import_key(dict(document)) for document in documents])

    def dump(self) -> list[dict[str, Any]]:
        """Return the keys with their private parts, for the sealed store."""
        return [key.as_dict(private=True) for key in self._keys]

    def public(self) -> dict[str, Any]:
        """Return the JWK Set that anybody may read."""
        return {"keys": [self._public_key(key) for key in self._keys]}

    def __bool__(self) -> bool:
        return bool(self._keys)

    async def rotate(self) -> None:
        """Sign with a new key from now on; the one before stays published."""
        key = await asyncio.to_thread(_generate_key)
        self._keys = [key, *self._keys][:_KEPT]

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return *claims* as a signed ID token."""
        key = self._keys[0]
        header = {"alg": _ALGORITHM, "kid": key.kid, "typ": "JWT"}
        return jwt.encode(header, dict(claims), key, algorithms=[_ALGORITHM])

    def _public_key(self, key: RSAKey) -> dict[str, Any]:
        return {**key.as_dict(private=False), "use": "sig", "alg": _ALGORITHM}


def _generate_key() -> RSAKey:
    return RSAKey.generate_key(_BITS, auto_kid=True)
