"""Dynamic client registration: a client ID where the person has none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktop_app.errors import Reason
from desktop_app.oauth.client_authentication import Client, choose_method
from desktop_app.oauth.client_metadata import (
    RFC_7591,
    ClientMetadata,
    RegistrationShape,
    native_client,
)
from desktop_app.oauth.endpoints import check_endpoint, check_named
from desktop_app.oauth.errors import EndpointError, RegistrationError
from desktop_app.oauth.form import FORM_TYPE, encode_form
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.registration_refusal import refusal
from desktop_app.oauth.scopes import read_granted

__all__ = [
    "RFC_7591",
    "ClientMetadata",
    "Registration",
    "RegistrationShape",
    "check_usable",
    "native_client",
    "parse_registration_response",
    "registered_client",
    "registration_request",
    "secret_expires",
]

_MAX_TEXT = 64 * 1024
_GOOD = frozenset({200, 201})
_DIGITS = re.compile("[0-9]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a provider registered. Keep it sealed. Times are seconds since the epoch.

    Attributes:
        client_secret_expires_at: None if it never does.
        registration_access_token: For changing and deleting the registration at
            ``registration_client_uri``; None where the provider doesn't offer that.
        token_endpoint_auth_method: What the provider says, None if it doesn't.
        metadata: All members, as they came.
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    client_id_issued_at: float | None = None
    client_secret_expires_at: float | None = None
    registration_access_token: str | None = field(default=None, repr=False)
    registration_client_uri: str | None = None
    token_endpoint_auth_method: str | None = None
    redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] | None = None
    scopes: tuple[str, ...] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)


def registration_request(
    endpoint: str,
    metadata: ClientMetadata,
    *,
    shape: RegistrationShape = RFC_7591,
    initial_access_token: str | None = None,
    ca_file: str | None = None,
) -> HttpRequest:
    """Return the request that registers a client.

    Raises:
        EndpointError: If *endpoint* is not one to go to.
        ScopeError: If a scope has a character that is not allowed.

    Source: RFC 7591 section 3.1.
    """
    members = shape.shaped(metadata.document())
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    body = json.dumps(members).encode()
    if shape.body == "form":
        headers["Content-Type"] = FORM_TYPE
        body = encode_form({name: _joined(value, shape) for name, value in members.items()})
    if initial_access_token:
        headers["Authorization"] = f"Bearer {initial_access_token}"
    return HttpRequest(
        method="POST",
        url=check_endpoint(endpoint, name="registration_endpoint"),
        headers=headers,
        body=body,
        ca_file=ca_file,
    )


def parse_registration_response(
    response: HttpResponse, *, endpoint: str, with_token: bool = False
) -> Registration:
    """Return what *response*, an answer from *endpoint*, says was registered.

    Args:
        response: The answer.
        endpoint: Where it comes from.
        with_token: Whether the request had an initial access token.

    Raises:
        InitialTokenNeededError: If the provider registers nobody without an initial access token.
        InitialTokenRefusedError: If it does not take the one that it got.
        RegistrationError: If nothing was, in the provider's words, or the answer can't be used.

    Source: RFC 7591 sections 3, 3.2.1 and 3.2.2; RFC 6750 section 3.1.
    """
    members = _members(response, with_token=with_token)
    try:
        return _registration(members, endpoint)
    except MalformedBodyError as error:
        raise RegistrationError(error.reason, status=response.status) from error
    except EndpointError as error:
        raise RegistrationError(_misplaced(error), status=response.status) from error


def check_usable(registration: Registration, metadata: ClientMetadata) -> Registration:
    """Return *registration* if it still allows what was asked for in *metadata*.

    A provider may change what it was asked, and says so in its answer.

    Raises:
        RegistrationError: If it leaves out the redirect URI or the authorization code, or wants
            a method that Coatcheck has no credentials for.

    Source: RFC 7591 section 3.2.1.
    """
    if registration.redirect_uris and not set(metadata.redirect_uris) <= set(
        registration.redirect_uris
    ):
        raise RegistrationError("it changed the address to come back to")
    grants = registration.grant_types
    if grants is not None and "authorization_code" not in grants:
        raise RegistrationError("it does not let Coatcheck sign in through the browser")
    method = registration.token_endpoint_auth_method
    if method not in {None, "none"} and not registration.client_secret:
        raise RegistrationError("it wants a secret and gave none")
    return registration


def registered_client(registration: Registration, supported: Sequence[str] | None = None) -> Client:
    """Return the client that *registration* made.

    Args:
        registration: What the provider said.
        supported: ``token_endpoint_auth_methods_supported``, for providers whose answer names
            no method (Mastodon).

    Source: RFC 7591 section 2.
    """
    secret = registration.client_secret
    named = registration.token_endpoint_auth_method
    method = named or choose_method(supported, has_secret=bool(secret), has_key=False)
    return Client(client_id=registration.client_id, client_secret=secret, method=method)


def secret_expires(registration: Registration, *, now: float, ahead: float = 0) -> bool:
    """Tell whether the client secret is over *ahead* seconds from *now*.

    Source: RFC 7591 section 3.2.1 (``client_secret_expires_at``).
    """
    end = registration.client_secret_expires_at
    return end is not None and end <= now + ahead


def _joined(value: Any, shape: RegistrationShape) -> str:
    return shape.separator.join(value) if isinstance(value, list) else str(value)


def _misplaced(error: EndpointError) -> Reason:
    return Reason("{name}: {reason}", **error.fields)


def _members(response: HttpResponse, *, with_token: bool) -> dict[str, Any]:
    try:
        members = parse_json_object(response.body)
    except MalformedBodyError as error:
        if response.status in _GOOD:
            raise RegistrationError(error.reason, status=response.status) from error
        raise refusal(response.status, {}, with_token=with_token) from error
    if response.status not in _GOOD or "error" in members:
        raise refusal(response.status, members, with_token=with_token)
    return members


def _registration(members: Mapping[str, Any], endpoint: str) -> Registration:
    client_id = _text(members, "client_id")
    if client_id is None:
        raise MalformedBodyError("its answer holds no client ID")
    where = members.get("registration_client_uri")
    if where is not None:
        where = check_named(where, name="registration_client_uri", by=endpoint)
    return Registration(
        client_id=client_id,
        client_secret=_text(members, "client_secret"),
        client_id_issued_at=_time(members, "client_id_issued_at"),
        client_secret_expires_at=_time(members, "client_secret_expires_at"),
        registration_access_token=_text(members, "registration_access_token"),
        registration_client_uri=where,
        token_endpoint_auth_method=_text(members, "token_endpoint_auth_method"),
        redirect_uris=_texts(members.get("redirect_uris")) or (),
        grant_types=_texts(members.get("grant_types")),
        scopes=read_granted(members.get("scope", members.get("scopes"))),
        metadata=members,
    )


def _text(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _MAX_TEXT or not value.isprintable():
        raise MalformedBodyError(Reason("its {name} is not one", name=name))
    return value


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(item for item in value if isinstance(item, str))


def _time(members: Mapping[str, Any], name: str) -> float | None:
    value = members.get(name)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        # LemonLDAP::NG writes its times as text.
        value = int(value)
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedBodyError(Reason("its {name} is not a time", name=name))
    return float(value)
