"""The codes of a sign-in on another device, as the provider gives them (RFC 8628 section 3.2)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.errors import Reason
from desktop_app.oauth.endpoints import check_browser_url
from desktop_app.oauth.errors import EndpointError, InvalidClientError
from desktop_app.oauth.flow_errors import DeviceAuthorizationError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.text import clean_text

MAX_INTERVAL = 300
"""Seconds; who asks a provider to be asked less often is not waited for any longer."""

_DEFAULT_INTERVAL = 5
_MAX_LIFETIME = 24 * 3600
_CODE = re.compile(r"[\x21-\x7e]{1,4096}")
_USER_CODE = re.compile(r"[\x20-\x7e]{1,64}")


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


def parse_device_response(response: HttpResponse, *, now: float) -> PendingDevice:
    """Return the codes in *response*.

    Raises:
        InvalidClientError: The client ID or secret is wrong.
        DeviceAuthorizationError: If the provider gives no code, or none that can be shown.

    Source: RFC 8628 section 3.2.
    """
    members = _members(response)
    interval = _number(members, "interval", default=_DEFAULT_INTERVAL, most=MAX_INTERVAL)
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
