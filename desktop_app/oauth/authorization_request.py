"""The authorization request: what the browser is sent to the provider with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.form import add_query
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.pkce import RandomBytes, new_verifier, random_text, s256_challenge
from desktop_app.oauth.scopes import format_scope

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

    *issuer* is the token endpoint's address where the provider has no issuer of its own.
    *openid* asks for an ID token; *lifetime* is in seconds. Of *extra_parameters*, those that
    would replace what binds the answer are left out.

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
