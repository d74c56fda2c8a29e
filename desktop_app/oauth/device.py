"""The device authorization grant: signing in on another device by typing a code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.device_codes import MAX_INTERVAL, PendingDevice, parse_device_response
from desktop_app.oauth.errors import AuthorizationDeniedError
from desktop_app.oauth.flow_errors import DeviceCodeExpiredError
from desktop_app.oauth.form import FormValue
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.oauth.scopes import format_scope
from desktop_app.oauth.token import TokenResponse, parse_token_response
from desktop_app.oauth.token_request import NOTHING, client_request

__all__ = [
    "GRANT_TYPE",
    "PendingDevice",
    "accept_poll",
    "device_request",
    "device_token_request",
    "parse_device_response",
    "unanswered",
]

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"

_SLOW_DOWN = 5
_WORDS = frozenset({"authorization_pending", "slow_down", "access_denied", "expired_token"})


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
    return _later(pending, min(pending.interval * 2, MAX_INTERVAL), now)


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
