"""What an OAuth 1.0a provider's endpoints answer: credentials, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.oauth.challenges import challenge
from desktop_app.oauth.errors import (
    InvalidClientError,
    InvalidGrantError,
    TokenErrorResponse,
    TokenResponseError,
)
from desktop_app.oauth.flow_errors import ClockRefusedError
from desktop_app.oauth.form import parse_form
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json

_MAX_VALUE = 16 * 1024
_NO_CHARACTER = "\ufffd"
_UNAUTHORIZED = 401
# OAuth Problem Reporting, an extension that many providers speak.
_PROBLEMS: dict[str, type[TokenErrorResponse]] = {
    "timestamp_refused": ClockRefusedError,
    "consumer_key_unknown": InvalidClientError,
    "consumer_key_rejected": InvalidClientError,
    "consumer_key_refused": InvalidClientError,
    "signature_invalid": InvalidClientError,
    "signature_method_rejected": InvalidClientError,
    "permission_denied": InvalidGrantError,
    "permission_unknown": InvalidGrantError,
    "token_expired": InvalidGrantError,
    "token_rejected": InvalidGrantError,
    "token_revoked": InvalidGrantError,
    "token_used": InvalidGrantError,
    "verifier_invalid": InvalidGrantError,
}


def read_credentials(
    response: HttpResponse, *, unauthorized: type[TokenErrorResponse]
) -> dict[str, str]:
    """Return the fields of *response*, with ``oauth_token`` and ``oauth_token_secret``.

    The content type is not looked at: providers name every kind of text.

    Args:
        response: From the temporary credential or the token endpoint.
        unauthorized: What a bare status 401 means there.

    Raises:
        TokenErrorResponse: If the provider says no; a subclass where it is clear why.
        TokenResponseError: If the answer holds no credentials.

    Source: RFC 5849 sections 2.1, 2.3 and 3.2.
    """
    if not 200 <= response.status < 300:  # noqa: PLR2004
        raise refusal(response, unauthorized=unauthorized)
    try:
        # Names that come along may be in another encoding than UTF-8.
        fields = parse_form(response.body.decode("ascii").strip(), errors="replace")
    except ValueError as error:
        raise TokenResponseError("it is not a form", status=response.status) from error
    if "oauth_problem" in fields:
        raise refusal(response, unauthorized=unauthorized)
    token, secret = fields.get("oauth_token"), fields.get("oauth_token_secret")
    if not token or secret is None or _NO_CHARACTER in token + secret:
        raise TokenResponseError("it holds no credentials", status=response.status)
    if any(len(value) > _MAX_VALUE for value in fields.values()):
        raise TokenResponseError("it is too long", status=response.status)
    return fields


def refusal(
    response: HttpResponse, *, unauthorized: type[TokenErrorResponse] = InvalidGrantError
) -> TokenErrorResponse:
    """Return *response*, a refusal from any address that takes signed requests, as an error.

    Source: RFC 5849 section 3.2, OAuth Problem Reporting.
    """
    problem, advice = _problem(response)
    if problem in _PROBLEMS:
        return _PROBLEMS[problem](problem, advice, status=response.status)
    kind = unauthorized if response.status == _UNAUTHORIZED else TokenErrorResponse
    return kind(problem or f"status {response.status}", advice, status=response.status)


def _problem(response: HttpResponse) -> tuple[str, str]:
    body = _fields(response)
    fields: Mapping[str, Any] = challenge(response, "OAuth") or {}
    if "oauth_problem" not in fields:
        fields = body
    problem, advice = fields.get("oauth_problem", ""), fields.get("oauth_problem_advice", "")
    # A form that names the problem has said it; it is not a sentence as well.
    return problem, advice or ("" if "oauth_problem" in body else _words(response))


def _fields(response: HttpResponse) -> dict[str, str]:
    try:
        return parse_form(response.body.decode("ascii").strip())
    except ValueError:
        return {}


def _words(response: HttpResponse) -> str:
    """Return the provider's own words, out of X's JSON or out of plain text."""
    kind = response.headers.get("content-type", "").lower()
    if kind.startswith("text/plain"):
        return response.body.decode("utf-8", "replace")
    try:
        errors = parse_json(response.body)["errors"]
        return str(errors[0]["message"])
    except (MalformedBodyError, LookupError, TypeError):
        return ""
