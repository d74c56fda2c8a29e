"""The token endpoint: what is asked of it, and its answer."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.errors import Reason
from desktop_app.oauth.errors import (
    InvalidClientError,
    InvalidGrantError,
    TokenErrorResponse,
    TokenResponseError,
)
from desktop_app.oauth.flow_errors import InvalidDpopProofError, InvalidTargetError
from desktop_app.oauth.form import FORM_TYPE, parse_form
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.oauth.scopes import read_granted
from desktop_app.oauth.token_request import code_request, refresh_request

__all__ = ["TokenResponse", "code_request", "parse_token_response", "refresh_request"]

_MAX_SECONDS = 2**31 - 1
_MAX_TOKEN = 64 * 1024
# A token goes into a header: no space, line end or non-ASCII.
_TOKEN = re.compile(r"[\x21-\x7e]+")
_FORM_START = re.compile(rb"(?:access_token|token_type|scope|error)=")
_TYPES = {"bearer": "Bearer", "dpop": "DPoP"}
_KNOWN = frozenset(
    {
        "access_token",
        "expires_in",
        "id_token",
        "refresh_expires_in",
        "refresh_token",
        "refresh_token_expires_in",
        "scope",
        "token_type",
    }
)
_ERRORS: dict[str, type[TokenErrorResponse]] = {
    "invalid_client": InvalidClientError,
    "invalid_dpop_proof": InvalidDpopProofError,
    "invalid_grant": InvalidGrantError,
    "invalid_target": InvalidTargetError,
    # GitHub's words for the same.
    "bad_verification_code": InvalidGrantError,
    "bad_refresh_token": InvalidGrantError,
    "incorrect_client_credentials": InvalidClientError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenResponse:
    """What the token endpoint gave. Lifetimes are seconds from now, None if not told.

    Attributes:
        token_type: ``Bearer`` or ``DPoP``.
        scope: What was given, None if not told: then it is what was asked for.
        extra: Every other member.
    """

    access_token: str = field(repr=False)
    token_type: str = "Bearer"
    expires_in: int | None = None
    refresh_token: str | None = field(default=None, repr=False)
    refresh_token_expires_in: int | None = None
    scope: tuple[str, ...] | None = None
    id_token: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


def parse_token_response(response: HttpResponse, rules: TokenRules | None = None) -> TokenResponse:
    """Return the tokens in *response*, which may be JSON or, from old providers, a form.

    *rules* say how this provider's answers differ from the standard.

    Raises:
        InvalidGrantError: The code or refresh token is no longer good.
        InvalidClientError: The client ID or secret is wrong.
        TokenErrorResponse: The provider reports another error, also with status 200 (GitHub).
        TokenResponseError: It is no token response.

    Source: RFC 6749 sections 5.1 and 5.2.
    """
    members = _members(response)
    error = members.get("error")
    if error:
        raise _error(error, members.get("error_description"), response.status)
    if not 200 <= response.status < 300:  # noqa: PLR2004
        raise _unusable(Reason("it answers with status {status}", status=response.status), response)
    try:
        return _token_response(rules.standard(members) if rules else members)
    except MalformedBodyError as problem:
        raise _unusable(problem.reason, response) from problem


def _members(response: HttpResponse) -> dict[str, Any]:
    try:
        if _is_form(response):
            return dict(parse_form(response.body.decode("ascii")))
        return parse_json_object(response.body)
    except ValueError as error:
        if not 200 <= response.status < 300:  # noqa: PLR2004
            raise _unusable(
                Reason("it answers with status {status}", status=response.status), response
            ) from error
        reason = error.reason if isinstance(error, MalformedBodyError) else "it is not text"
        raise _unusable(reason, response) from error


def _is_form(response: HttpResponse) -> bool:
    """Tell whether the answer is a form; some old providers call theirs plain text or HTML."""
    content_type = response.headers.get("content-type", "").lower()
    return content_type.startswith(FORM_TYPE) or _FORM_START.match(response.body) is not None


def _unusable(reason: str, response: HttpResponse) -> TokenResponseError:
    return TokenResponseError(reason, status=response.status)


def _error(error: object, description: object, status: int) -> TokenErrorResponse:
    if isinstance(error, dict):
        # Facebook's way: {"error": {"message": …, "type": …, "code": …}}.
        description, error = error.get("message"), error.get("type")
    name = error if isinstance(error, str) else "error"
    words = description if isinstance(description, str) else ""
    return _ERRORS.get(name, TokenErrorResponse)(name, words, status=status)


def _token_response(members: Mapping[str, Any]) -> TokenResponse:
    access_token = _token(members, "access_token")
    if access_token is None:
        raise MalformedBodyError("it holds no access token")
    return TokenResponse(
        access_token=access_token,
        token_type=_token_type(members.get("token_type")),
        expires_in=_seconds(members, "expires_in"),
        refresh_token=_token(members, "refresh_token"),
        refresh_token_expires_in=_refresh_token_lifetime(members),
        scope=read_granted(members.get("scope")),
        id_token=_token(members, "id_token"),
        extra={name: value for name, value in members.items() if name not in _KNOWN},
    )


def _refresh_token_lifetime(members: Mapping[str, Any]) -> int | None:
    """Return how long the refresh token lasts; no standard names the member."""
    told = _seconds(members, "refresh_token_expires_in")
    # Keycloak's name for it; its 0 means that there is no end.
    return _seconds(members, "refresh_expires_in") or None if told is None else told


def _token(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _MAX_TOKEN or not _TOKEN.fullmatch(value):
        raise MalformedBodyError(Reason("its {name} is not one", name=name))
    return value


def _token_type(value: object) -> str:
    if value is None:
        return "Bearer"
    known = _TYPES.get(value.lower()) if isinstance(value, str) else None
    if known is None:
        # RFC 6749 section 7.1: a token of an unknown type must not be used.
        raise MalformedBodyError("its token type is unknown")
    return known


def _seconds(members: Mapping[str, Any], name: str) -> int | None:
    value = members.get(name)
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool | list | dict) else float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise MalformedBodyError(Reason("its {name} is not a number", name=name))
    return int(min(max(number, 0), _MAX_SECONDS))
