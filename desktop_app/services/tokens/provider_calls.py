"""Requests that a preset describes as templates: filled with a grant, and sent where it says."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.form import FORM_TYPE, add_query, encode_form
from desktop_app.oauth.http import HttpRequest
from desktop_app.providers.rules import Call
from desktop_app.providers.templates import fill
from desktop_app.services.accounts import Grant

Values = Mapping[str, str]


def call_values(grant: Grant, found: Values) -> dict[str, str]:
    """Return what the places of a call are filled with.

    Args:
        grant: Its tokens, its client, and what its token answer told.
        found: What earlier calls answered.
    """
    told = {name: str(value) for name, value in grant.told.items() if not isinstance(value, dict)}
    return {
        **told,
        **found,
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token or "",
        "client_id": grant.client_id,
        "client_secret": grant.client_secret or "",
    }


def call_request(call: Call, url: str, grant: Grant, found: Values) -> HttpRequest:
    """Return the request that *call* describes, to *url*.

    Raises:
        EndpointError: If the address is not one to send a token to.
    """
    values = call_values(grant, found)
    # Escaped: what a provider told must not lead to another path.
    escaped = {name: quote(value, safe="") for name, value in values.items()}
    query = _signed(call, _filled(call.query, values), values)
    headers, body = _body(call, values)
    return HttpRequest(
        method=call.method,
        url=add_query(check_endpoint(fill(url, escaped), name="userinfo_endpoint"), query),
        headers={
            "Accept": "application/json",
            **_authorization(call, grant),
            **headers,
            **_filled(call.headers, values),
        },
        body=body,
        ca_file=grant.ca_file,
    )


def _filled(texts: Values, values: Values) -> dict[str, str]:
    return {name: fill(text, values) for name, text in texts.items()}


def _authorization(call: Call, grant: Grant) -> dict[str, str]:
    if call.authorization == "none":
        return {}
    if call.authorization == "basic":
        pair = f"{quote_plus(grant.client_id)}:{quote_plus(grant.client_secret or '')}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    kind = "OAuth" if call.authorization == "oauth" else grant.token_type
    return {"Authorization": f"{kind} {grant.access_token}"}


def _body(call: Call, values: Values) -> tuple[dict[str, str], bytes | None]:
    if call.json:
        body = json.dumps(_filled(call.json, values)).encode()
        return {"Content-Type": "application/json"}, body
    if call.form:
        return {"Content-Type": FORM_TYPE}, encode_form(_filled(call.form, values))
    return {}, b"" if call.method == "POST" else None


def _signed(call: Call, query: dict[str, str], values: Values) -> dict[str, str]:
    if call.signed != "odnoklassniki":
        return query
    # Its own documentation, "Signing API requests": MD5 is what it wants, beside https.
    session = _md5(values["access_token"] + values["client_secret"])
    named = sorted((name, value) for name, value in query.items() if name != "access_token")
    return {**query, "sig": _md5("".join(f"{name}={value}" for name, value in named) + session)}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def proof_stands(found: Any, wanted: str) -> bool:
    """Tell whether *found* in an answer is what a preset says; JSON's ``true`` is "true"."""
    text = found if isinstance(found, str) else json.dumps(found)
    return bool(text == wanted)
