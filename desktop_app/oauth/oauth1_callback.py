"""The person's yes to an OAuth 1.0a sign-in: where they are sent, and what comes back."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.oauth.authorization_response import AuthorizationResponse
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import (
    AuthorizationDeniedError,
    AuthorizationResponseError,
    StateMismatchError,
)
from desktop_app.oauth.form import add_query
from desktop_app.oauth.oauth1_signature import Oauth1Token
from desktop_app.oauth.token_request import NOTHING

OUT_OF_BAND = "oob"

_VERIFIER = re.compile(r"[\x21-\x7e]{1,512}")
_DENIALS = frozenset({"access_denied", "permission_denied", "user_refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingOauth1:
    """One OAuth 1.0a sign-in that waits for the person. Times are seconds since the epoch.

    Attributes:
        temporary: The temporary credentials; the answer names their identifier.
        callback: The redirect URI, or ``oob`` where the person types a verifier.
    """

    temporary: Oauth1Token
    callback: str
    created_at: float
    expires_at: float


def begin_oauth1(
    temporary: Oauth1Token, *, callback: str, now: float, lifetime: float = 600
) -> PendingOauth1:
    """Return the sign-in that *temporary* begins; *lifetime* is in seconds."""
    return PendingOauth1(
        temporary=temporary, callback=callback, created_at=now, expires_at=now + lifetime
    )


def oauth1_authorization_url(
    endpoint: str, pending: PendingOauth1, extra: Mapping[str, str] = NOTHING
) -> str:
    """Return the address for the browser; *extra* are parameters of the provider's.

    Raises:
        EndpointError: If *endpoint* is not one to go to.

    Source: RFC 5849 section 2.2.
    """
    check_endpoint(endpoint, name="authorization_endpoint")
    further = {name: value for name, value in extra.items() if not name.startswith("oauth_")}
    return add_query(endpoint, {**further, "oauth_token": pending.temporary.token})


def callback_token(response: AuthorizationResponse) -> str | None:
    """Return which sign-in *response* claims to answer; X calls it ``denied`` after a no."""
    return response.extra.get("oauth_token") or response.extra.get("denied") or None


def accept_callback(pending: PendingOauth1, response: AuthorizationResponse, *, now: float) -> str:
    """Return the verifier, if *response* is the answer to *pending*.

    Raises:
        StateMismatchError: If it answers another sign-in, or *pending* has expired.
        AuthorizationDeniedError: If the person said no.
        AuthorizationResponseError: If the provider reports a problem, or sends no verifier.

    Source: RFC 5849 section 2.2.
    """
    given = (callback_token(response) or "").encode("utf-8", "surrogatepass")
    expected = pending.temporary.token.encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, expected) or pending.expires_at <= now:
        raise StateMismatchError
    problem = response.extra.get("oauth_problem") or response.error or ""
    if "denied" in response.extra or problem in _DENIALS:
        raise AuthorizationDeniedError
    if problem:
        raise AuthorizationResponseError(problem, response.extra.get("oauth_problem_advice", ""))
    return check_verifier(response.extra.get("oauth_verifier", ""))


def check_verifier(text: str) -> str:
    """Return the verifier in *text*, also as a person types or pastes it (out-of-band).

    Raises:
        AuthorizationResponseError: If it is none.

    Source: RFC 5849 section 2.2.
    """
    verifier = text.strip()
    if not _VERIFIER.fullmatch(verifier):
        raise AuthorizationResponseError("invalid_response", "It holds no verifier.")
    return verifier
