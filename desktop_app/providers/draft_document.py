"""The shape of a provider as a program or a form sends it; its types, not its sense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from desktop_app.errors import InvalidRequestError, Reason
from desktop_app.providers.model import (
    ClientAuthentication,
    Protocol,
    RedirectHost,
    ResponseMode,
    SignatureMethod,
)

_PATH = re.compile(r"`\$\.([A-Za-z0-9_]+)")
# What an answer tells beside the draft's own members, so that an answer can be sent back.
TOLD_ONLY = frozenset(
    {
        "category",
        "emails_endpoint",
        "has_client_secret",
        "has_initial_access_token",
        "gives",
        "git_username",
        "has_private_key",
        "issuer_template",
        "needs_secret",
        "origin",
        "ready",
        "redirect_uri",
        "serves",
        "registered_client",
        "supports",
        "template",
        "values",
    }
)
_KEY = re.compile(r"field `([^`]*)`")


class RedirectForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Where the provider sends the person back to."""

    host: RedirectHost = "127.0.0.1"
    port: int | None = None
    path: str = "/callback"
    paste: str | None = None


class MappingForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Where the parts of a profile are in the userinfo answer; null says nowhere."""

    subject: str = "sub"
    name: str | None = "name"
    username: str | None = "preferred_username"
    email: str | None = "email"
    avatar_url: str | None = "picture"


class DraftDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A provider as it comes in: endpoints under the names of RFC 8414 section 2."""

    id: str | None = None
    name: str | None = None
    protocol: Protocol | None = None
    issuer: str | None = None
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
    client_secret: str | None = None
    private_key: str | None = None
    client_authentication: ClientAuthentication | None = None
    signature_method: SignatureMethod | None = None
    scopes: tuple[str, ...] | str | None = None
    redirect: Literal["any_port"] | RedirectForm | None = None
    userinfo_mapping: MappingForm | None = None
    register: bool = False
    initial_access_token: str | None = None
    dpop: bool = False
    response_mode: ResponseMode | None = None
    resources: tuple[str, ...] | str = ()
    token_hosts: tuple[str, ...] = ()
    ca_file: str | None = None
    extra_parameters: dict[str, str] = {}
    template: str | None = None
    values: dict[str, str] | None = None


def read_document(draft: Mapping[str, Any]) -> DraftDocument:
    """Return *draft* with its types checked; what only an answer tells is left out.

    Raises:
        InvalidRequestError: If a member is unknown or of the wrong type; its ``field`` names it.
    """
    members = {name: value for name, value in draft.items() if name not in TOLD_ONLY}
    try:
        return msgspec.convert(members, DraftDocument)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error)) or _KEY.search(str(error))
        field = found[1] if found else ""
        raise InvalidRequestError(
            Reason("{field}: {reason}", field=field, reason=str(error)), field=field
        ) from error
