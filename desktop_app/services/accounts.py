"""The values that services pass around: a profile, its grant, a sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from desktop_app.errors import AppError
from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.providers.rules import RevocationRules

ProfileStatus = Literal["active", "needs_sign_in", "revoked"]
SignInStatus = Literal["pending", "completed", "failed", "cancelled", "expired"]
SignInStep = Literal["browser", "waiting", "checking"]
Flow = Literal["redirect", "device", "paste"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a provider gave, with the issuer, endpoints and client it is bound to.

    A refresh token or client secret is only ever sent to the endpoints pinned here, whatever
    the provider's entry says later. Times are seconds since the epoch.

    Attributes:
        protections: What the sign-in really used, such as ``pkce``, ``state``, ``nonce``,
            ``iss``, ``form_post``, ``id_token:RS256``.
        token_rules: The token endpoint's own ways, with what has to go along each time.
        told: Members of the token answer that name the account, or that userinfo needs.
        own_revocation: The provider's own way to take the grant back.
        token_secret: OAuth 1.0a's second half of ``access_token``; requests are signed with it.
        signature_method: How they are signed; None where tokens travel themselves.
        granted_at: When the person signed in; None in grants that are older than this field.
        refresh_token_end_fixed: A renewal was seen not to move ``refresh_token_expires_at``.
        keeps_refresh_token: The last renewal left the refresh token as it was.
        refresh_sent_at: When the refresh token was sent, as long as no answer to that is kept.
        narrows: A refresh for fewer scopes was seen to give a token for no more, or is known to.
        exchanges_tokens: The provider says that it makes tokens out of this one (RFC 8693).
        exchange_narrows: One that it made was seen to be for no more than was asked for.
        resources: What the access is meant for (RFC 8707); the access token is for the first.
        dpop_key: The private key that the tokens are bound to (RFC 9449), a JWK; it never leaves.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None = None
    revocation_endpoint: str | None = None
    introspection_endpoint: str | None = None
    end_session_endpoint: str | None = None
    jwks_uri: str | None = None
    ca_file: str | None = None
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    client_authentication: str = "none"
    assertion_algorithms: tuple[str, ...] = ()
    access_token: str = field(repr=False)
    token_type: str = "Bearer"
    access_token_issued_at: float
    access_token_expires_at: float | None = None
    refresh_token: str | None = field(default=None, repr=False)
    refresh_token_expires_at: float | None = None
    id_token: str | None = field(default=None, repr=False)
    scopes_requested: tuple[str, ...] = ()
    scopes_granted: tuple[str, ...] = ()
    protections: tuple[str, ...] = ()
    token_rules: TokenRules = field(default_factory=TokenRules)
    told: Mapping[str, Any] = field(default_factory=dict, repr=False)
    own_revocation: RevocationRules | None = None
    token_secret: str | None = field(default=None, repr=False)
    signature_method: str | None = None
    granted_at: float | None = None
    refresh_token_end_fixed: bool = False
    keeps_refresh_token: bool = False
    refresh_sent_at: float | None = None
    narrows: bool = False
    exchanges_tokens: bool = False
    exchange_narrows: bool = False
    resources: tuple[str, ...] = ()
    dpop_key: str | None = field(default=None, repr=False)

    def knowing(self, old: Grant | None) -> Grant:
        """Return it with what *old*, of the same client at the same place, showed of both."""
        here = self.token_endpoint, self.client_id
        if old is None or (old.token_endpoint, old.client_id) != here:
            return self
        return replace(
            self,
            narrows=self.narrows or old.narrows,
            exchange_narrows=self.exchange_narrows or old.exchange_narrows,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An account at a provider, keyed by issuer and subject, with the grant that it came with.

    Attributes:
        id: Stable, URL-safe, made by us; the same account keeps it over sign-ins.
        label: The person's own name for it, or "".
        status: ``revoked`` means taken back here; ``needs_sign_in`` that the provider ended it.
        claims: Everything that the provider said about the person (ID token and userinfo).
        last_seen_at: When the provider last answered about this account.
    """

    id: str
    provider: str
    issuer: str
    subject: str
    label: str = ""
    name: str | None = None
    username: str | None = None
    email: str | None = None
    avatar_url: str | None = None
    status: ProfileStatus = "active"
    created_at: float
    updated_at: float
    last_seen_at: float
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    grant: Grant | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A profile's picture as kept: always a PNG that we encoded ourselves."""

    profile_id: str
    png: bytes = field(repr=False)
    source_url: str
    fetched_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LentToken:
    """An access token on its way out.

    Attributes:
        wider: It can do more than was asked for, because the provider gives no other.
    """

    access_token: str = field(repr=False)
    token_type: str
    expires_at: float | None
    scopes: tuple[str, ...]
    wider: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What revoking really did.

    Attributes:
        revoked: What is gone: ``refresh_token``, ``access_token``; empty if nothing is known gone.
        proof: How that is known: ``provider_confirmed`` (RFC 7009 answered 200),
            ``not_supported`` (no revocation endpoint; the message says until when it is good).
        message: One sentence for the person, a gettext msgid already filled.
        settings_url: The provider's page where the rest can be done by hand, if there is one.
        complete: True if nothing of the grant is left at the provider.
        sign_out_url: The provider's page for signing out, if that was wanted and no browser
            could be opened; it holds the ID token.
    """

    profile_id: str
    revoked: tuple[str, ...]
    proof: str
    message: str
    good_until: float | None = None
    settings_url: str | None = None
    complete: bool = False
    sign_out_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One sign-in as the outside sees it; secrets of the flow stay in the service.

    Attributes:
        provider_origin: Whose word the provider's name is.
        authorization_url: Shown while pending, None afterwards.
        step: For the waiting page.
        for_profile: The account that is to be signed in to again; ``profile_id`` says which it
            really was.
        scopes: What was wished for; None for the provider's own.
        error: Stable code when failed; ``message`` is its sentence in English.
        failure: The error itself, for who can say it in the person's language.
    """

    id: str
    provider: str
    provider_name: str
    flow: Flow
    status: SignInStatus
    provider_origin: str = "own"
    step: SignInStep = "browser"
    authorization_url: str | None = field(default=None, repr=False)
    redirect_uri: str | None = None
    user_code: str | None = None
    verification_uri: str | None = None
    verification_uri_complete: str | None = None
    created_at: float
    expires_at: float
    browser_opened: bool = False
    for_profile: str | None = None
    scopes: tuple[str, ...] | None = None
    profile_id: str | None = None
    error: str | None = None
    message: str | None = None
    failure: AppError | None = field(default=None, repr=False)
