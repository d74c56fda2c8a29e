"""How a client describes itself when it registers: an installed program with a loopback redirect.

``RegistrationShape`` says as data how a provider's own registration differs from the RFC's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from desktop_app.oauth.scopes import format_scope

_SECRET_METHODS = ("client_secret_basic", "client_secret_post")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """What Coatcheck says of itself, under the RFC's names; empty members are left out.

    Attributes:
        extra: Further members, such as ``software_id`` or ``jwks``.
    """

    redirect_uris: tuple[str, ...]
    client_name: str
    application_type: str = "native"
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    response_types: tuple[str, ...] = ("code",)
    token_endpoint_auth_method: str = "none"
    scopes: tuple[str, ...] = ()
    client_uri: str | None = None
    post_logout_redirect_uris: tuple[str, ...] = ()
    dpop_bound_access_tokens: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the members as JSON has them.

        Raises:
            ScopeError: If a scope has a character that is not allowed.

        Source: RFC 7591 section 2, OpenID Connect Registration section 2, RFC 9449 section 5.2.
        """
        members: dict[str, Any] = {
            "redirect_uris": list(self.redirect_uris),
            "client_name": self.client_name,
            "application_type": self.application_type,
            "grant_types": list(self.grant_types),
            "response_types": list(self.response_types),
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
            "scope": format_scope(self.scopes),
            "client_uri": self.client_uri,
            "post_logout_redirect_uris": list(self.post_logout_redirect_uris),
            "dpop_bound_access_tokens": self.dpop_bound_access_tokens,
        }
        return {**self.extra, **{name: value for name, value in members.items() if value}}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationShape:
    """How a provider wants to be asked.

    Attributes:
        body: ``json`` as the RFC says, or ``form``; lists are joined by ``separator`` then.
        names: The RFC's names with the provider's own; None sends every one under its own name,
            otherwise what is not named here is not sent.
    """

    body: Literal["json", "form"] = "json"
    names: Mapping[str, str] | None = None
    separator: str = " "

    def shaped(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return *document* under this provider's names."""
        if self.names is None:
            return dict(document)
        return {own: document[name] for name, own in self.names.items() if name in document}


RFC_7591 = RegistrationShape()


def native_client(
    *,
    client_name: str,
    redirect_uris: Sequence[str],
    scopes: Sequence[str] = (),
    auth_methods: Sequence[str] | None = None,
    grant_types: Sequence[str] | None = None,
    device: bool = False,
    dpop: bool = False,
    client_uri: str | None = None,
) -> ClientMetadata:
    """Return how Coatcheck registers at one provider.

    Args:
        client_name: Shown on the provider's consent page.
        redirect_uris: Those of the loopback listener.
        scopes: All that may ever be asked for; none leaves it to the provider.
        auth_methods: ``token_endpoint_auth_methods_supported``, None if the provider is silent.
        grant_types: ``grant_types_supported``, None if the provider is silent.
        device: Whether to sign in on another device, too.
        dpop: Whether every token shall be bound to a key.
        client_uri: Coatcheck's page.

    Source: RFC 7591 section 2, RFC 8252 section 8.4 (an installed program keeps no secret, so
    ``none`` is asked for wherever it is offered).
    """
    metadata = ClientMetadata(
        redirect_uris=tuple(dict.fromkeys(redirect_uris)),
        client_name=client_name,
        token_endpoint_auth_method=_method(auth_methods),
        scopes=tuple(scopes),
        client_uri=client_uri,
        dpop_bound_access_tokens=dpop,
    )
    if not device:
        return metadata
    device_grant = "urn:ietf:params:oauth:grant-type:device_code"
    offered = grant_types is None or device_grant in grant_types
    return replace(metadata, grant_types=(*metadata.grant_types, *[device_grant] * offered))


def _method(supported: Sequence[str] | None) -> str:
    # Without a list the RFC's default is meant, and "none" still is what most servers take.
    if supported is None or "none" in supported:
        return "none"
    return next((method for method in _SECRET_METHODS if method in supported), "none")
