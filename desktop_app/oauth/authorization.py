"""The authorization request, and the answer that the browser brings back."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import (
    AuthorizationDeniedError,
    AuthorizationResponseError,
    IssuerMismatchError,
    StateMismatchError,
)
from desktop_app.oauth.form import add_query, parse_form, unique_fields
from desktop_app.oauth.json_body import MalformedBodyError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.pkce import RandomBytes, new_verifier, random_text, s256_challenge
from desktop_app.oauth.scopes import format_scope

_MAX_URL = 64 * 1024
_KNOWN = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})
# What binds the answer to this sign-in is never taken from a provider's settings.
_RESERVED = frozenset(
    {
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "request",
        "request_uri",
        "response_mode",
        "response_type",
        "scope",
        "state",
    }
)

Parameters = Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAuthorization:
    """One authorization request that waits for its answer. Times are seconds since the epoch.

    Attributes:
        nonce: Binds the ID token to this request; None without OpenID.
        response_mode: ``form_post``, or None for the query.
        iss_required: The provider has announced that it names itself in the answer.
        iss_known: ``issuer`` is the provider's own name for itself, so an ``iss`` in the answer
            must be equal; False where it is only its token endpoint's address.
        parameters: Further parameters of the request, such as ``prompt``.
    """

    state: str = field(repr=False)
    nonce: str | None = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str
    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    response_mode: str | None
    created_at: float
    expires_at: float
    iss_required: bool
    iss_known: bool = True
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationResponse:
    """What the redirect carried, not checked yet; ``extra`` holds parameters of the provider's."""

    code: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    iss: str | None = None
    error: str | None = None
    error_description: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)


def begin_authorization(
    *,
    issuer: str,
    client_id: str,
    redirect_uri: str,
    scopes: Sequence[str],
    openid: bool,
    metadata: ServerMetadata,
    random: RandomBytes,
    now: float,
    lifetime: float = 600,
    extra_parameters: Mapping[str, str] = MappingProxyType({}),
    login_hint: str | None = None,
) -> PendingAuthorization:
    """Return a fresh authorization request with its own state, nonce and code verifier.

    Args:
        issuer: The provider's issuer, or its token endpoint's address if it has none.
        client_id: Coatcheck's name at the provider.
        redirect_uri: Where the listener waits.
        scopes: What is asked for.
        openid: Ask for an ID token bound by a nonce.
        metadata: What the provider can do.
        random: Source of the state, nonce and verifier.
        now: Seconds since the epoch.
        lifetime: Seconds until the answer is too late.
        extra_parameters: The provider's own; those that bind the answer are left out.
        login_hint: Which account the person means.

    Source: RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1, RFC 9700 section 2.1.
    """
    form_post = "form_post" in (metadata.response_modes_supported or ())
    return PendingAuthorization(
        state=random_text(random),
        nonce=random_text(random) if openid else None,
        code_verifier=new_verifier(random),
        redirect_uri=redirect_uri,
        issuer=issuer,
        client_id=client_id,
        scopes=tuple(dict.fromkeys(scopes)),
        response_mode="form_post" if form_post else None,
        created_at=now,
        expires_at=now + lifetime,
        iss_required=metadata.authorization_response_iss_parameter_supported,
        iss_known=issuer != metadata.token_endpoint,
        parameters=_further(scopes, extra_parameters, login_hint, openid=openid),
    )


def authorization_parameters(
    pending: PendingAuthorization, extra: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Return the parameters of the authorization request.

    Raises:
        ScopeError: If a scope has a character that is not allowed.

    Source: RFC 6749 section 4.1.1, RFC 7636 section 4.3.
    """
    named = {
        "response_type": "code",
        "client_id": pending.client_id,
        "redirect_uri": pending.redirect_uri,
        "scope": format_scope(pending.scopes),
        "state": pending.state,
        "nonce": pending.nonce or "",
        "code_challenge": s256_challenge(pending.code_verifier),
        "code_challenge_method": "S256",
        "response_mode": pending.response_mode or "",
    }
    present = {name: value for name, value in named.items() if value}
    return {**pending.parameters, **_allowed(extra), **present}


def authorization_url(
    endpoint: str,
    pending: PendingAuthorization,
    extra: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the address for the browser; a query that *endpoint* has stays.

    Raises:
        EndpointError: If *endpoint* is not one to go to.
        ScopeError: If a scope has a character that is not allowed.

    Source: RFC 6749 section 3.1.
    """
    check_endpoint(endpoint, name="authorization_endpoint")
    return add_query(endpoint, authorization_parameters(pending, extra))


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
    known = {name: values.get(name) or None for name in _KNOWN - {"error_uri"}}
    extra = {name: value for name, value in values.items() if name not in _KNOWN}
    return AuthorizationResponse(**known, extra=extra)


def parse_redirect(url: str) -> AuthorizationResponse:
    """Return what the query of *url*, a full address that came in, says.

    Raises:
        AuthorizationResponseError: If it is no address, too long, or repeats a parameter.
    """
    if len(url) > _MAX_URL:
        raise AuthorizationResponseError("invalid_response", "the address is too long")
    try:
        return parse_authorization_response(parse_form(urlsplit(url).query))
    except ValueError as error:
        raise AuthorizationResponseError("invalid_response", "it is not an address") from error


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

    Source: RFC 6749 section 10.12, RFC 9207 section 2.4.
    """
    _check_state(pending, response, now)
    _check_issuer(pending, response)
    if response.error == "access_denied":
        raise AuthorizationDeniedError
    if response.error:
        raise AuthorizationResponseError(response.error, response.error_description or "")
    if not response.code:
        raise AuthorizationResponseError("invalid_response", "It sent no code.")
    return response.code


def _check_state(
    pending: PendingAuthorization, response: AuthorizationResponse, now: float
) -> None:
    given = (response.state or "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, pending.state.encode()) or pending.expires_at <= now:
        raise StateMismatchError


def _check_issuer(pending: PendingAuthorization, response: AuthorizationResponse) -> None:
    if response.iss is None:
        if pending.iss_required:
            raise IssuerMismatchError("the answer names no issuer")
    elif pending.iss_known and response.iss != pending.issuer:
        raise IssuerMismatchError("the answer names another issuer")


def _further(
    scopes: Sequence[str], extra: Mapping[str, str], login_hint: str | None, *, openid: bool
) -> dict[str, str]:
    parameters = _allowed(extra)
    if openid and "offline_access" in scopes:
        # OpenID Connect Core section 11: without it the provider must leave the scope out.
        parameters.setdefault("prompt", "consent")
    if login_hint:
        parameters["login_hint"] = login_hint
    return parameters


def _allowed(extra: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in extra.items() if name not in _RESERVED}


def _pairs(parameters: Parameters) -> Iterable[tuple[str, str]]:
    if not isinstance(parameters, Mapping):
        yield from parameters
        return
    for name, value in parameters.items():
        for item in [value] if isinstance(value, str) else value:
            yield name, item
