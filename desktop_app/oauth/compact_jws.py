"""A signed token in the compact form: taken apart strictly, and its signature verified."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.oauth.algorithms import SYMMETRIC
from desktop_app.oauth.errors import IdTokenError, UnknownKeyError
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.jwks import JsonWebKeySet

_MAX_TOKEN = 512 * 1024
_SEGMENT = re.compile(r"[A-Za-z0-9_-]*")
_PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactJws:
    """A token's two JSON parts and its text. Nothing in it is proven yet."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any] = field(repr=False)
    text: str = field(repr=False)
    algorithm: str
    kid: str | None = None


def read_compact(token: str) -> CompactJws:
    """Take *token* apart, without trusting it.

    Raises:
        IdTokenError: ``format`` if it is not three base64url parts holding JSON objects, or
            is encrypted, or has critical header members; ``alg`` or ``kid`` if that is missing
            or no text.

    Source: RFC 7515 sections 3.1, 4.1.11 and 5.2, RFC 8725 section 3.11.
    """
    segments = token.split(".", _PARTS) if len(token) <= _MAX_TOKEN else []
    if len(segments) != _PARTS or not all(map(_SEGMENT.fullmatch, segments)):
        raise IdTokenError("format")
    header, claims = _object(segments[0]), _object(segments[1])
    if "crit" in header or "b64" in header:
        raise IdTokenError("format", "critical header members")
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str):
        raise IdTokenError("alg")
    if kid is not None and not isinstance(kid, str):
        raise IdTokenError("kid")
    return CompactJws(header=header, claims=claims, text=token, algorithm=algorithm, kid=kid)


def verify(
    token: CompactJws,
    keys: JsonWebKeySet,
    *,
    algorithms: Collection[str],
    client_secret: str | None = None,
) -> None:
    """Return if one of *keys* made the signature of *token*.

    Args:
        token: From ``read_compact``.
        keys: The provider's.
        algorithms: The only ones to accept.
        client_secret: For HS256 and its like, which no published key is ever used for.

    Raises:
        IdTokenError: ``alg`` if the algorithm is not accepted, ``signature`` if it is wrong.
        UnknownKeyError: If no known key fits; fetch the keys once more.

    Source: RFC 7515 section 5.2, RFC 8725 sections 3.1 and 3.2, OpenID Connect Core section 10.1.
    """
    if token.algorithm not in algorithms:
        raise IdTokenError("alg", f"{token.algorithm!r} is not accepted")
    if token.algorithm in SYMMETRIC:
        _verify_with_secret(token, client_secret)
    else:
        _verify_with_keys(token, keys)


def _verify_with_secret(token: CompactJws, client_secret: str | None) -> None:
    # joserfc takes 94 ms to import; nothing needs it before the first ID token.
    from desktop_app.oauth.signature import made_with_secret

    if not client_secret or not made_with_secret(token.text, token.algorithm, client_secret):
        raise IdTokenError("signature")


def _verify_with_keys(token: CompactJws, keys: JsonWebKeySet) -> None:
    from desktop_app.oauth.signature import fits, made_with

    named = [jwk for jwk in keys.keys if token.kid is None or jwk.get("kid") in (None, token.kid)]
    candidates = [jwk for jwk in named if fits(jwk, token.algorithm)]
    if not candidates:
        raise UnknownKeyError("kid", "no key fits")
    if token.kid is None and len(candidates) > 1:
        # OpenID Connect Core section 10.1: with several keys the token must say which.
        raise UnknownKeyError("kid", "several keys fit and the token names none")
    if any(made_with(token.text, token.algorithm, jwk) for jwk in candidates):
        return
    if any(jwk.get("kid") is not None and token.kid is not None for jwk in candidates):
        raise IdTokenError("signature")
    # Without a name, the key may simply have been replaced by another.
    raise UnknownKeyError("signature")


def _object(segment: str) -> dict[str, Any]:
    try:
        return parse_json_object(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except MalformedBodyError as error:
        raise IdTokenError("format", str(error)) from error
    except ValueError as error:
        raise IdTokenError("format") from error
