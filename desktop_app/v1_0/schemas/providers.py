"""Providers: presets and the person's own; secrets are never given back.

What comes in is `desktop_app.providers.draft_document.DraftDocument`.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from desktop_app.providers.model import (
    ClientAuthentication,
    Gives,
    Origin,
    Protocol,
    Provider,
    Redirect,
    SignatureMethod,
)
from desktop_app.providers.rules import Supports
from desktop_app.v1_0.schemas.base import Answer


class ProviderBody(Answer):
    """One provider. ``ready`` says whether a sign-in can start; secrets are never given back."""

    id: str
    name: str
    protocol: Protocol
    origin: Origin
    issuer: str | None
    issuer_template: str | None
    authorization_endpoint: str | None
    token_endpoint: str | None
    request_token_endpoint: str | None
    userinfo_endpoint: str | None
    revocation_endpoint: str | None
    introspection_endpoint: str | None
    device_authorization_endpoint: str | None
    registration_endpoint: str | None
    pushed_authorization_request_endpoint: str | None
    end_session_endpoint: str | None
    jwks_uri: str | None
    emails_endpoint: str | None
    client_id: str | None
    has_client_secret: bool
    has_private_key: bool
    needs_secret: bool
    client_authentication: ClientAuthentication | None
    signature_method: SignatureMethod | None
    scopes: list[str]
    redirect: Literal["any_port"] | dict[str, Any]
    redirect_uri: str
    userinfo_mapping: dict[str, str | None]
    register: bool
    dpop: bool
    token_hosts: list[str]
    git_username: str | None
    ca_file: str | None
    extra_parameters: dict[str, str]
    category: str
    gives: Gives
    supports: Supports
    template: str | None
    values: dict[str, str]
    ready: bool


class ProviderList(Answer):
    """Every preset and every provider of the person's own."""

    providers: list[ProviderBody]
    total: int


def provider_body(provider: Provider, *, ready: bool, redirect_uri: str) -> ProviderBody:
    """Return *provider* for the outside."""
    names = ProviderBody.__struct_fields__
    values: dict[str, Any] = {name: getattr(provider, name, None) for name in names}
    values |= {
        "has_client_secret": provider.client_secret is not None,
        "has_private_key": provider.private_key is not None,
        "scopes": list(provider.scopes),
        "redirect": _redirect(provider.redirect),
        "redirect_uri": redirect_uri,
        "userinfo_mapping": msgspec.to_builtins(provider.userinfo_mapping),
        "token_hosts": list(provider.token_hosts),
        "extra_parameters": dict(provider.extra_parameters),
        "values": dict(provider.values),
        "ready": ready,
    }
    return ProviderBody(**values)


def _redirect(redirect: Redirect) -> Literal["any_port"] | dict[str, Any]:
    if redirect == Redirect():
        return "any_port"
    if redirect.paste is not None:
        return {"paste": redirect.paste}
    return {"host": redirect.host, "port": redirect.port, "path": redirect.path}
