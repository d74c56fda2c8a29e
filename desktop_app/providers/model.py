"""A provider as a value: where it is, how it wants to be spoken to, what its scopes mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from desktop_app.oauth.provider_rules import AuthorizationRules, TokenRules
from desktop_app.providers.rules import (
    Ask,
    AtprotoRules,
    RegistrationRules,
    RevocationRules,
    Supports,
    UserinfoRules,
)

Protocol = Literal["oidc", "oauth2", "oauth1"]
Origin = Literal["built_in", "preset", "own"]
Gives = Literal["asked", "everything", "app"]
PermissionKind = Literal["see", "change", "act"]
ClientAuthentication = Literal[
    "none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"
]
SignatureMethod = Literal["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT"]
ResponseMode = Literal["query", "form_post", "jwt", "query.jwt", "form_post.jwt"]
RedirectHost = Literal["127.0.0.1", "localhost", "[::1]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Which redirect URI the provider takes (RFC 8252 section 7.3).

    Attributes:
        host: Written into the URI; ``localhost`` listens on both loopback addresses.
        port: A fixed port, or None for any free one.
        path: Path of the URI, beginning with ``/``.
        paste: A URI of somebody else's; the person pastes the final address.
    """

    host: RedirectHost = "127.0.0.1"
    port: int | None = None
    path: str = "/callback"
    paste: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserinfoMapping:
    """Where the profile's parts are in the userinfo answer.

    Each value is a member's name, a JSON pointer (RFC 6901) when it begins with ``/``, or a
    template with either in it: ``{first_name} {last_name}``.
    """

    subject: str = "sub"
    name: str | None = "name"
    username: str | None = "preferred_username"
    email: str | None = "email"
    avatar_url: str | None = "picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeText:
    """What a scope allows, in words.

    Attributes:
        kind: Seeing, changing, or acting in the person's name.
        text: A sentence without a full stop; a gettext msgid.
        care: True where the permission is broad or dangerous.
    """

    kind: PermissionKind
    text: str
    care: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Serves:
    """What else takes the provider's tokens; the recipes for programs are made of it.

    Attributes:
        imap: Host and port of its IMAP server, encrypted from the start.
        smtp: Host and port of its submission server; 465 is encrypted from the start.
        webdav: Address of the person's files; ``{username}`` is replaced.
    """

    imap: str | None = None
    smtp: str | None = None
    webdav: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """How a person gets a client ID at this provider.

    Attributes:
        url: The provider's page where clients are made.
        steps: Sentences in order, gettext msgids; ``{redirect_uri}`` is replaced.
            So is ``{provider}``, with its name.
        unconfirmed: What nobody has confirmed about this provider, gettext msgids.
        settings_url: The provider's page where a person takes access back by hand.
    """

    url: str | None = None
    settings_url: str | None = None
    docs_url: str | None = None
    steps: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider. Endpoint names are those of RFC 8414 section 2.

    Attributes:
        issuer: Its issuer identifier; None where it has none of its own.
        issuer_template: An issuer with ``{claim}`` places that are filled from a validated
            ID token claim (Microsoft's ``tid``).
        client_id: None until the person has entered one, or registration made one.
        client_authentication: None means the first that discovery and the client allow.
        register: Coatcheck registers itself there (RFC 7591), unless there is a ``client_id``.
        initial_access_token: What the provider registers nobody without, if its operator gave one.
        response_mode: How answers shall come; None for the best way that the provider offers. Those
            that end with ``jwt`` are signed (JARM).
        resources: What its access is meant for (RFC 8707), where it wants to be told.
        token_hosts: Origins that its tokens may be sent to.
        git_username: What git has to send beside a token, where the provider wants one name for
            all and takes no Bearer header.
        scope_aliases: Names that the provider answers with, each with the name that was asked for.
        issuer_assumed: Nobody confirmed how it spells its issuer, with a slash at the end or not.
        gives: What a grant allows: what was ``asked`` for, ``everything`` whatever was asked, or
            what the ``app`` was made for at the provider.
        atproto: Where accounts are looked up whose servers differ (Bluesky).
        asks: What the person has to say before the entry is complete; ``values`` are the answers.
        template: For a person's own entry that was made from a preset with a host: that preset.
        category: Heading on the connect page: ``code``, ``work``, ``people``, ``media``,
            ``science``, ``hosted``, ``own``, ``start``.
        mark: One or two letters for its monogram; ``tone`` is the monogram's colour.
    """

    id: str
    name: str
    protocol: Protocol = "oidc"
    origin: Origin = "own"
    issuer: str | None = None
    issuer_template: str | None = None
    issuer_assumed: bool = False
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    request_token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    revocation_endpoint: str | None = None
    introspection_endpoint: str | None = None
    device_authorization_endpoint: str | None = None
    registration_endpoint: str | None = None
    pushed_authorization_request_endpoint: str | None = None
    end_session_endpoint: str | None = None
    jwks_uri: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    client_authentication: ClientAuthentication | None = None
    signature_method: SignatureMethod | None = None
    scopes: tuple[str, ...] = ()
    redirect: Redirect = Redirect()
    userinfo_mapping: UserinfoMapping = UserinfoMapping()
    emails_endpoint: str | None = None
    register: bool = False
    initial_access_token: str | None = field(default=None, repr=False)
    registration: RegistrationRules = field(default_factory=RegistrationRules)
    dpop: bool = False
    response_mode: ResponseMode | None = None
    resources: tuple[str, ...] = ()
    token_hosts: tuple[str, ...] = ()
    git_username: str | None = None
    serves: Serves = Serves()
    ca_file: str | None = None
    extra_parameters: Mapping[str, str] = field(default_factory=dict)
    scope_texts: Mapping[str, ScopeText] = field(default_factory=dict)
    scope_aliases: Mapping[str, str] = field(default_factory=dict)
    guide: Guide = Guide()
    needs_secret: bool = False
    authorization: AuthorizationRules = field(default_factory=AuthorizationRules)
    token: TokenRules = field(default_factory=TokenRules)
    userinfo: UserinfoRules = field(default_factory=UserinfoRules)
    revocation: RevocationRules | None = None
    atproto: AtprotoRules | None = None
    supports: Supports = field(default_factory=Supports)
    gives: Gives = "asked"
    asks: tuple[Ask, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    template: str | None = None
    category: str = "own"
    mark: str = ""
    tone: str = ""
