"""The keys that sign ID tokens, and their rotation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

_ALGORITHM = "RS256"
_BITS = 2048
_KEPT = 2
"""The signing key, and the one before it, so that a token signed a moment ago still verifies."""
_PUBLIC = ("kty", "kid", "n", "e")


class SigningKeys:
    """RSA keys, the newest first. RS256 is what every OpenID client must know.

    They stay the documents that they are kept as until one signs: importing the library and
    checking a key take longer than all else at a start.

    Source: OpenID Connect Core section 15.1, RFC 7518 section 6.3.
    """

    def __init__(self, documents: Sequence[Mapping[str, Any]] = ()) -> None:
        """Take keys as :meth:`dump` gave them."""
        self._documents = [dict(document) for document in documents]
        self._signing: RSAKey | None = None

    def dump(self) -> list[dict[str, Any]]:
        """Return the keys with their private parts, for the sealed store."""
        return [dict(document) for document in self._documents]

    def public(self) -> dict[str, Any]:
        """Return the JWK Set that anybody may read."""
        return {"keys": [_public_key(document) for document in self._documents]}

    def __bool__(self) -> bool:
        return bool(self._documents)

    async def rotate(self) -> None:
        """Sign with a new key from now on; the one before stays published."""
        document = await asyncio.to_thread(_generate_key)
        self._documents = [document, *self._documents][:_KEPT]
        self._signing = None

    async def get_ready(self) -> None:
        """Make the next :meth:`sign` quick; it works without this, too."""
        if self._signing is None:
            document = self._documents[0]
            key = await asyncio.to_thread(_read_key, document)
            if document is self._documents[0]:
                self._signing = key

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return *claims* as a signed ID token."""
        from joserfc import jwt

        key = self._signing = self._signing or _read_key(self._documents[0])
        header = {"alg": _ALGORITHM, "kid": key.kid, "typ": "JWT"}
        return jwt.encode(header, dict(claims), key, algorithms=[_ALGORITHM])


def _public_key(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in _PUBLIC} | {"use": "sig", "alg": _ALGORITHM}


def _read_key(document: Mapping[str, Any]) -> RSAKey:
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(dict(document))


def _generate_key() -> dict[str, Any]:
    from joserfc.jwk import RSAKey

    document: dict[str, Any] = RSAKey.generate_key(_BITS, auto_kid=True).as_dict(private=True)
    return document
