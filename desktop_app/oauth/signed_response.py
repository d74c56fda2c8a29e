"""JWT-secured authorization responses (JARM): the answer in a token that the provider signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktop_app.oauth.algorithms import ASYMMETRIC
from desktop_app.oauth.authorization_request import PendingAuthorization
from desktop_app.oauth.authorization_response import (
    AuthorizationResponse,
    check_state,
    parse_authorization_response,
)
from desktop_app.oauth.compact_jws import CompactJws, read_compact, verify
from desktop_app.oauth.errors import ClockSkewError, IdTokenError, UnknownKeyError
from desktop_app.oauth.flow_errors import SignedResponseError
from desktop_app.oauth.jwks import JsonWebKeySet

# The parts of an encrypted token (RFC 7516 section 3.1), which nobody asked for.
_ENCRYPTED_DOTS = 4
_ABOUT_THE_TOKEN = frozenset({"iss", "aud", "exp", "iat", "nbf", "jti"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedResponseExpectation:
    """What the signed answer must say.

    Attributes:
        now: Seconds since the epoch; the clocks may differ by ``leeway`` seconds.
        algorithms: ``authorization_signing_alg_values_supported``, None if the provider is silent.
        client_secret: Only used for HS256, and only if the provider names that.
    """

    issuer: str
    client_id: str
    now: float
    leeway: float = 120
    algorithms: Sequence[str] | None = None
    client_secret: str | None = field(default=None, repr=False)


def signed_response(response: AuthorizationResponse) -> str | None:
    """Return the token that *response* consists of, or None if it is a plain one.

    Source: JARM section 2.3.
    """
    plain = response.state or response.code or response.error
    return None if plain else response.extra.get("response")


def unproven_state(token: str) -> str | None:
    """Return the state that *token* claims, only to find the sign-in whose keys prove it.

    Source: JARM section 2.4.
    """
    try:
        state = read_compact(token).claims.get("state")
    except IdTokenError:
        return None
    return state if isinstance(state, str) else None


def check_claimed_state(pending: PendingAuthorization, token: str, *, now: float) -> None:
    """Return if *token* claims to answer *pending*; ``validate_signed_response`` proves it.

    Raises:
        StateMismatchError: If it doesn't.

    Source: JARM section 2.4.
    """
    check_state(pending, AuthorizationResponse(state=unproven_state(token)), now=now)


def validate_signed_response(
    token: str, keys: JsonWebKeySet, expectation: SignedResponseExpectation
) -> AuthorizationResponse:
    """Return the answer in *token* after every check; ``accept_response`` then takes it.

    Args:
        token: From ``signed_response``.
        keys: The provider's.
        expectation: What it must say.

    Raises:
        UnknownKeyError: If no known key fits; fetch the keys once more and try again.
        ClockSkewError: If it is over.
        SignedResponseError: If any other check fails; its ``check`` says which.
        AuthorizationResponseError: If it holds something else than texts.

    Source: JARM section 2.4.
    """
    if token.count(".") == _ENCRYPTED_DOTS:
        raise SignedResponseError("encrypted")
    parsed = _proven(token, keys, expectation)
    claims = parsed.claims
    if claims.get("iss") != expectation.issuer:
        raise SignedResponseError("iss")
    audience = claims.get("aud")
    if expectation.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise SignedResponseError("aud")
    _check_time(claims, expectation)
    return _response(claims)


def _proven(token: str, keys: JsonWebKeySet, expectation: SignedResponseExpectation) -> CompactJws:
    try:
        parsed = read_compact(token)
        verify(
            parsed,
            keys,
            algorithms=_accepted(expectation),
            client_secret=expectation.client_secret,
        )
    except UnknownKeyError:
        raise
    except IdTokenError as error:
        raise SignedResponseError(str(error.fields["check"]), error.detail) from error
    return parsed


def _accepted(expectation: SignedResponseExpectation) -> frozenset[str]:
    accepted = frozenset(ASYMMETRIC)
    if not expectation.algorithms:
        return accepted
    symmetric = {"HS256"} if expectation.client_secret else set()
    return (accepted | symmetric).intersection(expectation.algorithms)


def _check_time(claims: Mapping[str, Any], expectation: SignedResponseExpectation) -> None:
    end = claims.get("exp")
    if isinstance(end, bool) or not isinstance(end, int | float):
        raise SignedResponseError("exp")
    if end <= expectation.now - expectation.leeway:
        raise ClockSkewError("exp")


def _response(claims: Mapping[str, Any]) -> AuthorizationResponse:
    values = {
        name: value
        for name, value in claims.items()
        if isinstance(value, str) and name not in _ABOUT_THE_TOKEN
    }
    plain = parse_authorization_response(values)
    return AuthorizationResponse(
        code=plain.code,
        state=plain.state,
        # Proven above, so it stands for the ``iss`` of RFC 9207, too (its section 2.4).
        iss=claims["iss"],
        error=plain.error,
        error_description=plain.error_description,
        extra=plain.extra,
        signed=True,
    )
