"""Providers: presets and the person's own; secrets are never given back.

What comes in is `desktop_app.providers.draft_document.DraftDocument`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from desktop_app.oauth.registration_management import can_be_managed
from desktop_app.providers.model import (
    ClientAuthentication,
    Gives,
    Origin,
    Protocol,
    Provider,
    Redirect,
    ResponseMode,
    Serves,
    SignatureMethod,
)
from desktop_app.providers.rules import Supports
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.services.providers.registrations import registers_itself
from desktop_app.v1_0.schemas.base import Answer, Request, Text, maybe_moment, moment


class RegisteredClientBody(Answer):
    """The client that Coatcheck registered for itself (RFC 7591); its secret stays here.

    ``managed`` says whether it can be looked at and deleted at the provider (RFC 7592).
    """

    client_id: str
    registered_at: datetime
    client_secret_expires_at: datetime | None
    managed: bool


class RegistrationWish(Request):
    """A wish for another client; empty, the token is the one that is kept, if there is one."""

    initial_access_token: Text = ""


class ProviderBody(Answer):
    """One provider. ``ready`` says whether a sign-in can start; secrets are never given back.

    Where none was entered by hand, ``client_id`` is that of ``registered_client``.
    """

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
    has_initial_access_token: bool
    registered_client: RegisteredClientBody | None
    dpop: bool
    response_mode: ResponseMode | None
    resources: list[str]
    token_hosts: list[str]
    git_username: str | None
    serves: Serves
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


def provider_body(
    provider: Provider,
    *,
    ready: bool,
    redirect_uri: str,
    registered: RegisteredClient | None = None,
) -> ProviderBody:
    """Return *provider* for the outside, with the client that was *registered* for it."""
    if registered is not None and not registers_itself(provider):
        registered = None
    names = ProviderBody.__struct_fields__
    values: dict[str, Any] = {name: getattr(provider, name, None) for name in names}
    values |= {
        "client_id": registered.client_id if registered else provider.client_id,
        "has_client_secret": _has_secret(provider, registered),
        "has_private_key": provider.private_key is not None,
        "has_initial_access_token": provider.initial_access_token is not None,
        "scopes": list(provider.scopes),
        "redirect": _redirect(provider.redirect),
        "redirect_uri": redirect_uri,
        "userinfo_mapping": msgspec.to_builtins(provider.userinfo_mapping),
        "resources": list(provider.resources),
        "token_hosts": list(provider.token_hosts),
        "extra_parameters": dict(provider.extra_parameters),
        "values": dict(provider.values),
        "ready": ready,
        "registered_client": _registered(registered) if registered else None,
    }
    return ProviderBody(**values)


def _has_secret(provider: Provider, registered: RegisteredClient | None) -> bool:
    secret = registered.credentials.client_secret if registered else provider.client_secret
    return secret is not None


def _registered(client: RegisteredClient) -> RegisteredClientBody:
    registration = client.registration
    return RegisteredClientBody(
        client_id=client.client_id,
        registered_at=moment(client.registered_at),
        client_secret_expires_at=maybe_moment(registration.client_secret_expires_at),
        managed=can_be_managed(registration),
    )


def _redirect(redirect: Redirect) -> Literal["any_port"] | dict[str, Any]:
    if redirect == Redirect():
        return "any_port"
    if redirect.paste is not None:
        return {"paste": redirect.paste}
    return {"host": redirect.host, "port": redirect.port, "path": redirect.path}
