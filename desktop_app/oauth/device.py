"""The device authorization grant: signing in on another device by typing a code."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from desktop_app.errors import Reason
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.endpoints import check_browser_url
from desktop_app.oauth.errors import (
    AuthorizationDeniedError,
    EndpointError,
    InvalidClientError,
)
from desktop_app.oauth.flow_errors import DeviceAuthorizationError, DeviceCodeExpiredError
from desktop_app.oauth.form import FormValue
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.oauth.scopes import format_scope
from desktop_app.oauth.text import clean_text
from desktop_app.oauth.token import TokenResponse, parse_token_response
from desktop_app.oauth.token_request import NOTHING, client_request

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"

_SLOW_DOWN = 5
_DEFAULT_INTERVAL = 5
_MAX_INTERVAL = 300
_MAX_LIFETIME = 24 * 3600
_CODE = re.compile(r"[\x21-\x7e]{1,4096}")
_USER_CODE = re.compile(r"[\x20-\x7e]{1,64}")
_WORDS = frozenset({"authorization_pending", "slow_down", "access_denied", "expired_token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingDevice:
    """One sign-in on another device, waiting. Times are seconds since the epoch.

    Attributes:
        user_code: What the person types, to the letter.
        verification_uri: Where they type it; checked, it may go to a browser or a QR code.
        verification_uri_complete: The same with the code in it, where the provider has it.
        interval: Seconds between two questions.
        next_poll_at: When the provider may be asked again.
    """

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)
    verification_uri: str
    verification_uri_complete: str | None = field(default=None, repr=False)
    expires_at: float
    interval: float = _DEFAULT_INTERVAL
    next_poll_at: float


def device_request(
    *,
    endpoint: str,
    client: Client,
    scopes: Sequence[str],
    now: float,
    random: RandomBytes,
    audience: str | None = None,
    ca_file: str | None = None,
    extra: Mapping[str, FormValue] = NOTHING,
) -> HttpRequest:
    """Return the request for a code to type; *extra* are further fields.

    Raises:
        EndpointError: If *endpoint* is not one to go to.
        ClientCredentialError: If the client's secret or key is missing.
        ScopeError: If a scope has a character that is not allowed.

    Source: RFC 8628 section 3.1.
    """
    scope = {"scope": format_scope(scopes)} if scopes else {}
    # A public client's ID is in the form anyway; many providers want it there from every client.
    return client_request(
        endpoint,
        {"client_id": client.client_id, **scope, **extra},
        name="device_authorization_endpoint",
        client=client,
        audience=audience,
        now=now,
        random=random,
        ca_file=ca_file,
    )


def parse_device_response(response: HttpResponse, *, now: float) -> PendingDevice:
    """Return the codes in *response*.

    Raises:
        InvalidClientError: The client ID or secret is wrong.
        DeviceAuthorizationError: If the provider gives no code, or none that can be shown.

    Source: RFC 8628 section 3.2.
    """
    members = _members(response)
    interval = _number(members, "interval", default=_DEFAULT_INTERVAL, most=_MAX_INTERVAL)
    # Google said "url" before there was an RFC.
    where = members.get("verification_uri") or members.get("verification_url")
    complete = members.get("verification_uri_complete")
    return PendingDevice(
        device_code=_text(members.get("device_code"), _CODE, "device_code"),
        user_code=_text(members.get("user_code"), _USER_CODE, "user_code"),
        verification_uri=_address(where),
        verification_uri_complete=_address(complete) if complete else None,
        expires_at=now + _number(members, "expires_in", default=0, most=_MAX_LIFETIME),
        interval=interval,
        next_poll_at=now + interval,
    )


def device_token_request(
    *,
    endpoint: str,
    client: Client,
    pending: PendingDevice,
    now: float,
    random: RandomBytes,
    audience: str | None = None,
    ca_file: str | None = None,
    extra: Mapping[str, FormValue] = NOTHING,
) -> HttpRequest:
    """Return the question whether the person has said yes; ask it at ``next_poll_at``.

    Raises:
        EndpointError: If *endpoint* is not one to send a code to.
        ClientCredentialError: If the client's secret or key is missing.

    Source: RFC 8628 section 3.4.
    """
    return client_request(
        endpoint,
        {"grant_type": GRANT_TYPE, "device_code": pending.device_code, **extra},
        name="token_endpoint",
        client=client,
        audience=audience,
        now=now,
        random=random,
        ca_file=ca_file,
    )


def accept_poll(
    pending: PendingDevice, response: HttpResponse, *, now: float, rules: TokenRules | None = None
) -> TokenResponse | PendingDevice:
    """Return the tokens, or *pending* with the time of the next question.

    *rules* say how this provider's answers differ from the standard.

    Raises:
        AuthorizationDeniedError: If the person said no.
        DeviceCodeExpiredError: If the code is over.
        TokenErrorResponse: If the provider says no for another reason.
        TokenResponseError: If its answer is none.

    Source: RFC 8628 section 3.5.
    """
    word = _word(response)
    if word == "access_denied":
        raise AuthorizationDeniedError
    if word == "expired_token":
        raise DeviceCodeExpiredError
    if word is None:
        return parse_token_response(response, rules)
    slower = _SLOW_DOWN if word == "slow_down" else 0
    return _later(pending, pending.interval + slower, now)


def unanswered(pending: PendingDevice, *, now: float) -> PendingDevice:
    """Return *pending* after a question without an answer: twice as patient.

    Raises:
        DeviceCodeExpiredError: If the code is over.

    Source: RFC 8628 section 3.5 (exponential back-off).
    """
    return _later(pending, min(pending.interval * 2, _MAX_INTERVAL), now)


def _later(pending: PendingDevice, interval: float, now: float) -> PendingDevice:
    if pending.expires_at <= now:
        raise DeviceCodeExpiredError
    return replace(pending, interval=interval, next_poll_at=now + interval)


def _word(response: HttpResponse) -> str | None:
    """Return which of the flow's own words *response* says; Twitch says it as ``message``."""
    try:
        members = parse_json_object(response.body)
    except MalformedBodyError:
        return None
    if "access_token" in members:
        return None
    word = members.get("error") or members.get("message")
    return word if isinstance(word, str) and word in _WORDS else None


def _members(response: HttpResponse) -> dict[str, Any]:
    try:
        members = parse_json_object(response.body)
    except MalformedBodyError as error:
        raise DeviceAuthorizationError(error.reason, status=response.status) from error
    name = members.get("error")
    if name == "invalid_client":
        raise InvalidClientError(name, status=response.status)
    if isinstance(name, str) and name:
        raise DeviceAuthorizationError(_reason(name, members), status=response.status)
    if response.status != 200:  # noqa: PLR2004
        status = response.status
        raise DeviceAuthorizationError(
            Reason("it answers with status {status}", status=status), status=status
        )
    return members


def _reason(name: str, members: Mapping[str, Any]) -> str:
    words = members.get("error_description")
    return clean_text(f"{name}, {words}" if isinstance(words, str) else name).rstrip(".")


def _text(value: object, form: re.Pattern[str], name: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value) or not value.strip():
        raise DeviceAuthorizationError(Reason("its {name} is missing or not one", name=name))
    return value


def _address(value: object) -> str:
    try:
        return check_browser_url(value if isinstance(value, str) else "")
    except EndpointError as error:
        raise DeviceAuthorizationError("the address to type the code at is not one") from error


def _number(members: Mapping[str, Any], name: str, *, default: float, most: float) -> float:
    value = members.get(name, default)
    try:
        number = math.nan if isinstance(value, bool | list | dict) else float(value)
    except (ValueError, TypeError, OverflowError):
        number = math.nan
    if not number > 0:
        raise DeviceAuthorizationError(Reason("its {name} is missing or not a number", name=name))
    return min(number, most)
