"""Borrows from Coatcheck what opens the photos, as any program does that a person has."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from desktop_app.demo.printing_service.fetch import PrintError

_SCOPE = "photos.read"
_PURPOSE = "Print a contact sheet of your photos"
# As long as a person may think; the API waits no longer than two minutes.
_WAIT_SECONDS = 120
_PATIENCE = 150.0


@dataclass(frozen=True, slots=True)
class Lender:
    """Where a token can be had.

    Attributes:
        runtime: Coatcheck's ``runtime.json``, which says where it answers.
        profile_id: The account that has the photos.
    """

    runtime: Path
    profile_id: str


def borrow(lender: Lender) -> str:
    """Ask for a token that shows the photos, and wait for the person's answer.

    Raises:
        PrintError: The person said no or nothing, or Coatcheck is not there.
    """
    return _lent(lender, "token", "access_token", scopes=[_SCOPE])


def borrow_signature(lender: Lender, url: str) -> str:
    """Ask for the header that gets what is at *url*, and wait for the person's answer.

    Raises:
        PrintError: The person said no or nothing, or Coatcheck is not there.

    Source: RFC 5849 section 3.5.1.
    """
    return _lent(lender, "oauth1-signature", "authorization", method="GET", url=url)


def _lent(lender: Lender, what: str, member: str, **wanted: Any) -> str:
    wish = {**wanted, "purpose": _PURPOSE, "wait_seconds": _WAIT_SECONDS}
    path = f"/v1.0/profiles/{quote(lender.profile_id, safe='')}/{what}"
    try:
        return str(_ask(json.loads(lender.runtime.read_bytes()), path, wish)[member])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        raise PrintError("Coatcheck does not answer.") from error


def _ask(runtime: Mapping[str, Any], path: str, wish: Mapping[str, Any]) -> Mapping[str, Any]:
    connection = _connect(runtime)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {runtime['api_key']}"}
    try:
        connection.request("POST", path, body=json.dumps(wish).encode(), headers=headers)
        response = connection.getresponse()
        answer: Mapping[str, Any] = json.loads(response.read())
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        raise PrintError(str(answer["message"]), code=str(answer["error"]))
    return answer


def _connect(runtime: Mapping[str, Any]) -> http.client.HTTPConnection:
    """Over the Unix socket the system says who we are; where there is none, over the port."""
    if not runtime["socket"]:
        return http.client.HTTPConnection("127.0.0.1", int(runtime["port"]), timeout=_PATIENCE)
    connection = http.client.HTTPConnection("localhost", timeout=_PATIENCE)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(_PATIENCE)
    connection.sock.connect(str(runtime["socket"]))
    return connection
