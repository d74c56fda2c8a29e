"""The authorization request: what the browser is sent to the provider with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.form import FormValue, add_query
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.pkce import RandomBytes, new_verifier, random_text, s256_challenge
from desktop_app.oauth.provider_rules import AuthorizationRules
from desktop_app.oauth.scopes import format_scope

# What binds the answer to this sign-in is never taken from a provider's settings.
_RESERVED = frozenset(
    {
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "dpop_jkt",
        "nonce",
        "redirect_uri",
        "request",
        "request_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "state",
    }
)

_SIGNED_MODES = ("form_post.jwt", "query.jwt")


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAuthorization:
    """One authorization request that waits for its answer. Times are seconds since the epoch.

    Attributes:
        nonce: Binds the ID token to this request; None without OpenID.
        response_mode: ``form_post``, or None for the query; one that ends with ``jwt`` asks
            for a signed answer, and nothing else is accepted then.
        iss_required: The provider has announced that it names itself in the answer.
        iss_known: ``issuer`` is the provider's own name for itself, so an ``iss`` in the answer
            must be equal; False where it is only its token endpoint's address.
        parameters: Further parameters of the request, such as ``prompt``.
        resources: What the access is meant for (RFC 8707).
        dpop_jkt: The thumbprint of the key that the code is bound to (RFC 9449 section 10).
        rules: What this provider calls the parameters.
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
    resources: tuple[str, ...] = ()
    dpop_jkt: str | None = None
    rules: AuthorizationRules = field(default_factory=AuthorizationRules)


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
    resources: Sequence[str] = (),
    dpop_jkt: str | None = None,
    signed_response: bool = False,
    rules: AuthorizationRules | None = None,
) -> PendingAuthorization:
    """Return a fresh authorization request with its own state, nonce and code verifier.

    *issuer* is the token endpoint's address where the provider has no issuer of its own.
    *openid* asks for an ID token; *lifetime* is in seconds. Of *extra_parameters*, those that
    would replace what binds the answer are left out. *resources* are checked by
    ``check_resource``; *signed_response* asks for a signed answer (JARM).

    Source: RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1, RFC 9700 section 2.1,
    RFC 8707 section 2.1, RFC 9449 section 10, JARM section 2.3.
    """
    return PendingAuthorization(
        state=random_text(random),
        nonce=random_text(random) if openid else None,
        code_verifier=new_verifier(random),
        redirect_uri=redirect_uri,
        issuer=issuer,
        client_id=client_id,
        scopes=tuple(dict.fromkeys(scopes)),
        response_mode=_response_mode(metadata, signed=signed_response),
        created_at=now,
        expires_at=now + lifetime,
        iss_required=metadata.authorization_response_iss_parameter_supported,
        iss_known=issuer != metadata.token_endpoint,
        parameters=_further(scopes, extra_parameters, login_hint, openid=openid),
        resources=tuple(dict.fromkeys(resources)),
        dpop_jkt=dpop_jkt,
        rules=rules or AuthorizationRules(),
    )


def authorization_parameters(
    pending: PendingAuthorization, extra: Mapping[str, str] = MappingProxyType({})
) -> dict[str, FormValue]:
    """Return the parameters of the authorization request.

    Raises:
        ScopeError: If a scope has a character that is not allowed.

    Source: RFC 6749 section 4.1.1, RFC 7636 section 4.3.
    """
    named: dict[str, FormValue] = {
        "response_type": "code",
        "client_id": pending.client_id,
        "redirect_uri": pending.redirect_uri,
        "scope": format_scope(pending.scopes),
        "state": pending.state,
        "nonce": pending.nonce or "",
        "code_challenge": s256_challenge(pending.code_verifier),
        "code_challenge_method": "S256",
        "response_mode": pending.response_mode or "",
        "resource": pending.resources,
        "dpop_jkt": pending.dpop_jkt or "",
    }
    present = {name: value for name, value in named.items() if value}
    return pending.rules.renamed({**pending.parameters, **_allowed(extra), **present})


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


def _response_mode(metadata: ServerMetadata, *, signed: bool) -> str | None:
    """Return how the answer shall come: posted if possible, so that no address holds the code."""
    supported = metadata.response_modes_supported or ()
    if signed:
        return next((mode for mode in _SIGNED_MODES if mode in supported), "jwt")
    return "form_post" if "form_post" in supported else None


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
