"""The answer that the browser brings back, read and held against its request."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from desktop_app.oauth.authorization_request import PendingAuthorization, is_signed_mode
from desktop_app.oauth.errors import (
    AuthorizationDeniedError,
    AuthorizationResponseError,
    IssuerMismatchError,
    StateMismatchError,
)
from desktop_app.oauth.form import parse_form, unique_fields
from desktop_app.oauth.json_body import MalformedBodyError

_MAX_URL = 64 * 1024
_KNOWN = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})
_EXACT = ("code", "state", "iss", "error")
_NO_CHARACTER = "\ufffd"

Parameters = Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationResponse:
    """What the redirect carried, not checked yet.

    Attributes:
        extra: Parameters of the provider's.
        signed: It came in a JWT whose signature, issuer, audience and time are proven (JARM).
        posted: It came in a form, so no address ever held it.
    """

    code: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    iss: str | None = None
    error: str | None = None
    error_description: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)
    signed: bool = False
    posted: bool = False


def parse_authorization_response(parameters: Parameters) -> AuthorizationResponse:
    """Return what the answer's *parameters* say; nothing is checked against a request yet.

    Args:
        parameters: Pairs, or a mapping to values or lists of values.

    Raises:
        AuthorizationResponseError: If a parameter is repeated.

    Source: RFC 6749 sections 3.1, 4.1.2 and 4.1.2.1.
    """
    try:
        values = unique_fields(_pairs(parameters))
    except MalformedBodyError as error:
        raise AuthorizationResponseError("invalid_response", str(error)) from error
    # An empty value counts as absent (RFC 6749 section 3.1).
    return AuthorizationResponse(
        code=values.get("code") or None,
        state=values.get("state") or None,
        iss=values.get("iss") or None,
        error=values.get("error") or None,
        error_description=values.get("error_description") or None,
        extra={name: value for name, value in values.items() if name not in _KNOWN},
    )


def parse_redirect(url: str) -> AuthorizationResponse:
    """Return what the query of *url*, a full address that came in, says.

    Providers write their words in other encodings than UTF-8 as well; such characters are only
    replaced, so that a refusal ends the sign-in. What is compared or sent on must be exact.

    Raises:
        AuthorizationResponseError: If it is no address, too long, or repeats a parameter, or
            one that counts is not UTF-8.
    """
    if len(url) > _MAX_URL:
        raise AuthorizationResponseError("invalid_response", "the address is too long")
    try:
        fields = parse_form(urlsplit(url).query, errors="replace")
    except ValueError as error:
        raise AuthorizationResponseError("invalid_response", "it is not an address") from error
    if any(_NO_CHARACTER in fields.get(name, "") for name in _EXACT):
        raise AuthorizationResponseError("invalid_response", "it is not UTF-8")
    return parse_authorization_response(fields)


def accept_response(
    pending: PendingAuthorization, response: AuthorizationResponse, *, now: float
) -> str:
    """Return the code, if *response* is the answer to *pending*.

    The state comes first: nothing else in a foreign answer may have an effect, not even its error.

    Raises:
        StateMismatchError: If the state is another one, or *pending* has expired.
        IssuerMismatchError: If another provider answers, or one that must name itself doesn't.
        AuthorizationDeniedError: If the person said no.
        AuthorizationResponseError: If the provider reports an error, or sends no code.

    Source: RFC 6749 section 10.12, RFC 9207 section 2.4, JARM section 2.4.
    """
    check_state(pending, response, now=now)
    _check_issuer(pending, response)
    if response.error == "access_denied":
        raise AuthorizationDeniedError
    if response.error:
        raise AuthorizationResponseError(response.error, response.error_description or "")
    if not response.code:
        raise AuthorizationResponseError("invalid_response", "It sent no code.")
    if is_signed_mode(pending.response_mode or "") and not response.signed:
        raise AuthorizationResponseError("invalid_response", "Its answer is not signed.")
    return response.code


def check_state(
    pending: PendingAuthorization, response: AuthorizationResponse, *, now: float
) -> None:
    """Return if *response* names the state of *pending*, which still waits.

    Raises:
        StateMismatchError: If it doesn't.

    Source: RFC 6749 section 10.12.
    """
    given = (response.state or "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, pending.state.encode()) or pending.expires_at <= now:
        raise StateMismatchError


def _check_issuer(pending: PendingAuthorization, response: AuthorizationResponse) -> None:
    if response.iss is None:
        if pending.iss_required:
            raise IssuerMismatchError("the answer names no issuer")
    elif pending.iss_known and response.iss != pending.issuer:
        raise IssuerMismatchError("the answer names another issuer")


def _pairs(parameters: Parameters) -> Iterable[tuple[str, str]]:
    if not isinstance(parameters, Mapping):
        yield from parameters
        return
    for name, value in parameters.items():
        for item in [value] if isinstance(value, str) else value:
            yield name, item
