"""The userinfo endpoint: what the provider says about the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.errors import Reason
from desktop_app.oauth.algorithms import ASYMMETRIC
from desktop_app.oauth.compact_jws import read_compact, verify
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import IdTokenError, SubjectMismatchError, UserinfoError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json, parse_json_object
from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.oauth.text import clean_text

_REFUSED = frozenset({401, 403})


def userinfo_request(
    endpoint: str,
    access_token: str,
    *,
    token_type: str = "Bearer",  # noqa: S107 - a scheme's name
    ca_file: str | None = None,
) -> HttpRequest:
    """Return the request for the account's details.

    Raises:
        EndpointError: If *endpoint* is not one to send a token to.

    Source: OpenID Connect Core section 5.3.1, RFC 6750 section 2.1.
    """
    return HttpRequest(
        method="GET",
        url=check_endpoint(endpoint, name="userinfo_endpoint"),
        headers={"Accept": "application/json", "Authorization": f"{token_type} {access_token}"},
        ca_file=ca_file,
    )


def parse_userinfo(response: HttpResponse) -> Mapping[str, Any]:
    """Return the claims in *response*.

    Raises:
        UserinfoError: If there are none, or they are signed or encrypted.

    Source: OpenID Connect Core sections 5.3.2 and 5.3.3.
    """
    _check_status(response)
    if response.headers.get("content-type", "").lower().startswith("application/jwt"):
        raise UserinfoError(
            "it answers with a signed document, which was not asked for", status=200
        )
    try:
        return parse_json_object(response.body)
    except MalformedBodyError as error:
        raise UserinfoError(
            Reason("its answer can't be read, {problem}", problem=error.reason), status=200
        ) from error


def signed_document(response: HttpResponse) -> str | None:
    """Return the token, if the answer is a signed document instead of plain JSON.

    Raises:
        UserinfoError: If the answer is an error, or no token.

    Source: OpenID Connect Core section 5.3.2.
    """
    _check_status(response)
    if not response.headers.get("content-type", "").lower().startswith("application/jwt"):
        return None
    try:
        return response.body.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise UserinfoError("its answer can't be read", status=200) from error


def read_signed(
    token: str, keys: JsonWebKeySet, *, issuer: str, client_id: str
) -> Mapping[str, Any]:
    """Return the claims of a signed answer after its checks.

    Raises:
        UnknownKeyError: If no known key fits; fetch the keys once more and try again.
        IdTokenError: If the signature, the issuer or the audience is wrong.

    Source: OpenID Connect Core section 5.3.4.
    """
    parsed = read_compact(token)
    verify(parsed, keys, algorithms=ASYMMETRIC)
    claims = parsed.claims
    audience = claims.get("aud", client_id)
    if claims.get("iss", issuer) != issuer:
        raise IdTokenError("iss")
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        raise IdTokenError("aud")
    return claims


def check_subject(id_claims: Mapping[str, Any], userinfo: Mapping[str, Any]) -> None:
    """Return if both speak of the same account.

    Raises:
        SubjectMismatchError: If they don't, or userinfo names none.

    Source: OpenID Connect Core section 5.3.2.
    """
    subject = id_claims.get("sub")
    if not isinstance(subject, str) or userinfo.get("sub") != subject:
        raise SubjectMismatchError


def parse_emails(response: HttpResponse) -> str | None:
    """Return the address that *response*, a list of them, marks as primary and verified.

    Raises:
        UserinfoError: If it is no such list.

    Source: GitHub's REST API, "List email addresses for the authenticated user".
    """
    entries = parse_value(response)
    if not isinstance(entries, list):
        raise UserinfoError("its answer is not a list of addresses", status=200)
    found = next((entry["email"] for entry in entries if _is_primary(entry)), "")
    return clean_text(found) or None


def parse_value(response: HttpResponse) -> Any:
    """Return the JSON value in *response*, whatever kind it is.

    Raises:
        UserinfoError: If there is none.
    """
    _check_status(response)
    try:
        return parse_json(response.body)
    except MalformedBodyError as error:
        raise UserinfoError(
            Reason("its answer can't be read, {problem}", problem=error.reason), status=200
        ) from error


def _is_primary(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("primary") is True
        and entry.get("verified") is True
        and isinstance(entry.get("email"), str)
    )


def _check_status(response: HttpResponse) -> None:
    if response.status in _REFUSED:
        raise UserinfoError("it did not accept the access", status=response.status)
    if response.status != 200:  # noqa: PLR2004
        raise UserinfoError(
            Reason("it answers with status {status}", status=response.status),
            status=response.status,
        )
