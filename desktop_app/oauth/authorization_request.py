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

_SIGNED_MODES = ("form_post.jwt", "query.jwt", "jwt")
_IN_AN_ADDRESS = {"form_post": None, "form_post.jwt": "query.jwt"}


def is_signed_mode(response_mode: str) -> bool:
    """Tell whether answers in this mode are signed.

    Source: JARM section 2.3.
    """
    return response_mode == "jwt" or response_mode.endswith(".jwt")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationWish:
    """What one sign-in asks for.

    Attributes:
        issuer: The token endpoint's address where the provider has no issuer of its own.
        openid: Asks for an ID token.
        lifetime: For how many seconds an answer is waited for.
        extra_parameters: Further ones; those that would replace what binds the answer are left out.
        resources: Checked by ``check_resource``.
        response_mode: How the answer shall come; None for the best way that the provider offers.
        by_address: The answer has to come in an address, because the person copies it.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    scopes: Sequence[str]
    openid: bool
    lifetime: float = 600
    extra_parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    login_hint: str | None = None
    resources: Sequence[str] = ()
    dpop_jkt: str | None = None
    response_mode: str | None = None
    by_address: bool = False
    rules: AuthorizationRules = field(default_factory=AuthorizationRules)


def begin_authorization(
    wish: AuthorizationWish, *, metadata: ServerMetadata, random: RandomBytes, now: float
) -> PendingAuthorization:
    """Return a fresh authorization request with its own state, nonce and code verifier.

    Source: RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1, RFC 9700 section 2.1,
    RFC 8707 section 2.1, RFC 9449 section 10, JARM section 2.3.
    """
    return PendingAuthorization(
        state=random_text(random),
        nonce=random_text(random) if wish.openid else None,
        code_verifier=new_verifier(random),
        redirect_uri=wish.redirect_uri,
        issuer=wish.issuer,
        client_id=wish.client_id,
        scopes=tuple(dict.fromkeys(wish.scopes)),
        response_mode=_response_mode(wish, metadata.response_modes_supported or ()),
        created_at=now,
        expires_at=now + wish.lifetime,
        iss_required=metadata.authorization_response_iss_parameter_supported,
        iss_known=wish.issuer != metadata.token_endpoint,
        parameters=_further(wish),
        resources=tuple(dict.fromkeys(wish.resources)),
        dpop_jkt=wish.dpop_jkt,
        rules=wish.rules,
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


def _response_mode(wish: AuthorizationWish, supported: Sequence[str]) -> str | None:
    """Return how the answer shall come: posted if possible, so that no address holds the code.

    A provider that offers signed answers alone demands them (JARM section 2.3).
    """
    modes = _SIGNED_MODES if supported and all(map(is_signed_mode, supported)) else ("form_post",)
    offered = next((mode for mode in modes if mode in supported), None)
    mode = wish.response_mode or offered
    return _IN_AN_ADDRESS.get(mode or "", mode) if wish.by_address else mode


def _further(wish: AuthorizationWish) -> dict[str, str]:
    parameters = _allowed(wish.extra_parameters)
    if wish.openid and "offline_access" in wish.scopes:
        # OpenID Connect Core section 11: without it the provider must leave the scope out.
        parameters.setdefault("prompt", "consent")
    if wish.login_hint:
        parameters["login_hint"] = wish.login_hint
    return parameters


def _allowed(extra: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in extra.items() if name not in _RESERVED}
