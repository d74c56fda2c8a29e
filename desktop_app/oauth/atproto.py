"""AT Protocol's accounts: from a name to who answers for it. Bluesky is the best-known service.

An account is a DID. It names its server, and the server names who signs people in; a name that
people use is only believed if the account claims it too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from desktop_app.oauth.atproto_server import check_origin
from desktop_app.oauth.endpoints import check_endpoint, check_named
from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.flow_errors import AccountUnknownError
from desktop_app.oauth.form import add_query
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object

_HANDLE = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
# Names that mean nothing, or something else on each computer.
_NO_HANDLES = frozenset(
    {"alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion"}
)
_PLC = re.compile(r"did:plc:[a-z2-7]{24}")
_WEB = re.compile(r"did:web:[A-Za-z0-9.-]{1,253}(?:%3A[0-9]{1,5})?")
_MAX_DID = 2048
_MAX_ANSWER = 64 * 1024
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AtprotoAccount:
    """One account, as its own document describes it.

    Attributes:
        did: What it is for ever.
        handle: The name that it claims; nobody has checked yet that the name agrees.
        server: The origin of the server that keeps its data (PDS).
    """

    did: str
    handle: str | None
    server: str

    def without_handle(self) -> AtprotoAccount:
        """Return the account without the name that it claims: the name does not agree."""
        return replace(self, handle=None)


def account_name(text: str) -> str:
    """Return the handle or DID that a person means by *text*.

    Raises:
        AccountUnknownError: If it can be neither.

    Source: AT Protocol, Handle and DID specifications.
    """
    name = text.strip().removeprefix("@")
    if name.startswith("did:"):
        return check_did(name)
    handle = name.lower()
    if not _HANDLE.fullmatch(handle) or handle.rpartition(".")[2] in _NO_HANDLES:
        raise AccountUnknownError(name, "a name there looks like maria.example.org")
    return handle


def check_did(text: str) -> str:
    """Return *text* if it is an account's identifier of a kind that can be looked up.

    Raises:
        AccountUnknownError: If it is not.

    Source: AT Protocol, DID specification, "Blessed DID Methods".
    """
    if len(text) > _MAX_DID or not (_PLC.fullmatch(text) or _WEB.fullmatch(text)):
        raise AccountUnknownError(text, "this kind of account can't be looked up")
    return text


def handle_request(template: str, handle: str) -> HttpRequest:
    """Return the request that asks a handle's own host for the DID; ``{handle}`` is filled.

    Raises:
        EndpointError: If nothing may be fetched from there.

    Source: AT Protocol, Handle specification, "HTTPS well-known Method".
    """
    return _get(template.replace("{handle}", handle), name="handle", accept="text/plain")


def resolve_request(resolver: str, handle: str) -> HttpRequest:
    """Return the request that asks a service for the DID of *handle*.

    Raises:
        EndpointError: If nothing may be fetched from there.

    Source: AT Protocol, ``com.atproto.identity.resolveHandle``.
    """
    url = f"{resolver}/xrpc/com.atproto.identity.resolveHandle"
    return _get(add_query(url, {"handle": handle}), name="handle")


def parse_handle_answer(response: HttpResponse) -> str | None:
    """Return the DID in an answer to either request; None if there is none."""
    if response.status != _OK:
        return None
    text = response.body.decode("ascii", "replace").strip()
    if text.startswith("{"):
        text = str(_members(response).get("did", ""))
    try:
        return check_did(text)
    except AccountUnknownError:
        return None


def document_request(did: str, *, directory: str, web: str) -> HttpRequest:
    """Return the request for the document of *did*.

    Args:
        did: The account.
        directory: Who knows ``did:plc``.
        web: Where a ``did:web`` lies; ``{host}`` is filled.

    Raises:
        AccountUnknownError: If it is no DID that can be looked up.
        EndpointError: If nothing may be fetched from there.

    Source: AT Protocol, DID specification; did:web method specification section 3.2.
    """
    if _PLC.fullmatch(check_did(did)):
        return _get(f"{directory}/{quote(did, safe=':')}", name="did")
    host = unquote(did.removeprefix("did:web:"))
    # The name comes from outside, so it must not lead further inside than the directory is.
    return _get(check_named(web.replace("{host}", host), name="did", by=directory), name="did")


def parse_document(response: HttpResponse, *, did: str, url: str) -> AtprotoAccount:
    """Return what the document of *did*, an answer from *url*, says.

    Raises:
        AccountUnknownError: If there is none, or it is another account's or names no server.

    Source: AT Protocol, DID specification, "Representation of Identity Data in DID Documents".
    """
    if response.status != _OK:
        raise AccountUnknownError(did, "nobody knows this account")
    members = _members(response)
    if members.get("id") != did:
        raise AccountUnknownError(did, "the answer describes another account")
    return AtprotoAccount(did=did, handle=_claimed(members), server=_server(members, did, url))


def _get(url: str, *, name: str, accept: str = "application/json") -> HttpRequest:
    return HttpRequest(
        method="GET",
        url=check_endpoint(url, name=name),
        headers={"Accept": accept},
        max_body=_MAX_ANSWER,
    )


def _members(response: HttpResponse) -> dict[str, Any]:
    try:
        return parse_json_object(response.body)
    except MalformedBodyError:
        return {}


def _claimed(members: Mapping[str, Any]) -> str | None:
    names = members.get("alsoKnownAs")
    uris = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    # The first one counts; a further one is no second name.
    first = next((uri for uri in uris if uri.startswith("at://")), "")
    handle = first.removeprefix("at://").lower()
    return handle if _HANDLE.fullmatch(handle) else None


def _server(members: Mapping[str, Any], did: str, url: str) -> str:
    services = members.get("service")
    for each in services if isinstance(services, list) else ():
        if _is_server(each, did):
            try:
                named = check_named(each.get("serviceEndpoint"), name="server", by=url)
                return check_origin(named, name="server")
            except EndpointError as error:
                raise AccountUnknownError(did, str(error.fields["reason"])) from error
    raise AccountUnknownError(did, "its document names no server")


def _is_server(service: object, did: str) -> bool:
    return (
        isinstance(service, dict)
        and service.get("id") in {"#atproto_pds", f"{did}#atproto_pds"}
        and service.get("type") == "AtprotoPersonalDataServer"
    )
