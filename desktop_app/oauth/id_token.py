"""The ID token: who signed in, proven. Every check of OpenID Connect Core section 3.1.3.7."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktop_app.oauth.algorithms import ASYMMETRIC, SYMMETRIC, hash_name
from desktop_app.oauth.compact_jws import CompactJws, read_compact, verify
from desktop_app.oauth.errors import ClockSkewError, IdTokenError
from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.oauth.pkce import base64url

_ASYMMETRIC = frozenset(ASYMMETRIC)
_PLACE = re.compile(r"\{([A-Za-z0-9_]+)\}")
_PLACE_VALUE = re.compile(r"[A-Za-z0-9._-]{1,255}")
_MAX_SUBJECT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokenExpectation:
    """What the ID token must say.

    Attributes:
        nonce: Of the authorization request; None for a refreshed ID token, which may omit it.
        access_token: It came with, for ``at_hash``.
        now: Seconds since the epoch; the clocks may differ by ``leeway`` seconds.
        max_age: Seconds since the person last entered their password, if that was asked for.
        algorithms: What the provider says it signs with; None if it doesn't say.
        client_secret: Only used for HS256, HS384 and HS512, and only if the provider names them.
        subject: For a refreshed ID token: the subject it must have.
    """

    issuer: str
    client_id: str
    nonce: str | None = field(repr=False)
    access_token: str | None = field(default=None, repr=False)
    now: float
    max_age: float | None = None
    leeway: float = 120
    algorithms: Sequence[str] | None = None
    client_secret: str | None = field(default=None, repr=False)
    subject: str | None = None


def validate_id_token(
    token: str,
    keys: JsonWebKeySet,
    expectation: IdTokenExpectation,
    *,
    issuer_template: str | None = None,
) -> Mapping[str, Any]:
    """Return the claims of *token* after every check.

    Args:
        token: The compact text from the token response.
        keys: The provider's.
        expectation: What it must say.
        issuer_template: An issuer whose ``{claim}`` places are filled from the token's own,
            signed claims, instead of ``expectation.issuer``.

    Raises:
        UnknownKeyError: If no known key fits; fetch the keys once more and try again.
        ClockSkewError: If it is not valid yet or not any more.
        IdTokenError: If any other check fails; its ``check`` says which.

    Source: OpenID Connect Core sections 2, 3.1.3.7, 3.1.3.8 and 12.2.
    """
    parsed = read_compact(token)
    verify(
        parsed,
        keys,
        algorithms=_accepted(expectation),
        client_secret=expectation.client_secret,
    )
    claims = parsed.claims
    _check_issuer(claims, expectation.issuer, issuer_template)
    _check_audience(claims, expectation.client_id)
    _check_subject(claims, expectation.subject)
    _check_times(claims, expectation)
    _check_nonce(claims, expectation.nonce)
    _check_at_hash(parsed, expectation.access_token)
    return claims


def signing_algorithm(token: str) -> str:
    """Return what *token* is signed with, such as ``RS256``.

    Raises:
        IdTokenError: If it is no signed token.
    """
    return read_compact(token).algorithm


def _accepted(expectation: IdTokenExpectation) -> frozenset[str]:
    named = expectation.algorithms
    if not named:
        return _ASYMMETRIC
    symmetric = frozenset(SYMMETRIC if expectation.client_secret else ())
    return (_ASYMMETRIC | symmetric).intersection(named)


def _check_issuer(claims: Mapping[str, Any], issuer: str, template: str | None) -> None:
    expected = _fill(template, claims) if template else issuer
    if claims.get("iss") != expected:
        raise IdTokenError("iss")


def _fill(template: str, claims: Mapping[str, Any]) -> str:
    def value(place: re.Match[str]) -> str:
        claim = claims.get(place[1])
        if not isinstance(claim, str) or not _PLACE_VALUE.fullmatch(claim):
            raise IdTokenError("iss", f"the claim {place[1]} is missing")
        return claim

    return _PLACE.sub(value, template)


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences or not all(isinstance(name, str) for name in audiences):
        raise IdTokenError("aud")
    several = any(name != client_id for name in audiences)
    if several and "azp" not in claims:
        raise IdTokenError("azp", "several audiences and no authorized party")
    if claims.get("azp", client_id) != client_id:
        raise IdTokenError("azp")


def _check_subject(claims: Mapping[str, Any], expected: str | None) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT:
        raise IdTokenError("sub")
    if expected is not None and subject != expected:
        raise IdTokenError("sub", "another account")


def _check_times(claims: Mapping[str, Any], expectation: IdTokenExpectation) -> None:
    now, leeway = expectation.now, expectation.leeway
    if _time(claims, "exp") <= now - leeway:
        raise ClockSkewError("exp")
    if _time(claims, "iat") > now + leeway:
        raise ClockSkewError("iat")
    if "nbf" in claims and _time(claims, "nbf") > now + leeway:
        raise ClockSkewError("nbf")
    max_age = expectation.max_age
    if max_age is not None and _time(claims, "auth_time") + max_age < now - leeway:
        raise IdTokenError("auth_time")


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IdTokenError(name)
    return value


def _check_nonce(claims: Mapping[str, Any], nonce: str | None) -> None:
    if nonce is None:
        return
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise IdTokenError("nonce")


def _check_at_hash(token: CompactJws, access_token: str | None) -> None:
    given = token.claims.get("at_hash")
    if given is None or access_token is None:
        return
    digest = hashlib.new(hash_name(token.algorithm), access_token.encode()).digest()
    if given != base64url(digest[: len(digest) // 2]):
        raise IdTokenError("at_hash")
