"""Client ID metadata documents: the client ID is the address of the client's description."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from desktop_app.errors import Reason
from desktop_app.oauth.client_metadata import ClientMetadata
from desktop_app.oauth.endpoints import check_endpoint, is_loopback
from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.flow_errors import ClientDocumentError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.scopes import format_scope

_MAX_DOCUMENT = 64 * 1024
_SECRETS = frozenset({"client_secret", "client_secret_expires_at"})
_SECRET_METHODS = frozenset({"client_secret_basic", "client_secret_jwt", "client_secret_post"})


def check_client_id_url(text: str) -> str:
    """Return *text* if it can be a client ID: the https address of a document.

    Raises:
        ClientDocumentError: If it can't; its reason says why.

    Source: OAuth Client ID Metadata Document (draft-ietf-oauth-client-id-metadata-document)
    section 3.
    """
    try:
        check_endpoint(text, name="client_id")
    except EndpointError as error:
        raise ClientDocumentError(str(error.fields["reason"])) from error
    parts = urlsplit(text)
    if parts.scheme != "https":
        raise ClientDocumentError("it does not begin with https://")
    if parts.path in {"", "/"}:
        raise ClientDocumentError("it names a computer and no document on it")
    if {".", ".."}.intersection(unquote(parts.path).split("/")):
        raise ClientDocumentError("its path holds dots that mean another place")
    return text


def client_id_document(client_id: str, metadata: ClientMetadata) -> bytes:
    """Return the document to host at *client_id*.

    Raises:
        ClientDocumentError: If *client_id* is no such address, or *metadata* needs a secret.
        ScopeError: If a scope has a character that is not allowed.

    Source: draft-ietf-oauth-client-id-metadata-document section 4.
    """
    document = {"client_id": check_client_id_url(client_id), **metadata.document()}
    _check_public(document)
    return json.dumps(document, indent=2).encode() + b"\n"


def client_id_document_request(client_id: str, *, ca_file: str | None = None) -> HttpRequest:
    """Return the request for the document, to see whether it is what the provider will want.

    Raises:
        ClientDocumentError: If *client_id* is no such address.

    Source: draft-ietf-oauth-client-id-metadata-document section 4.
    """
    return HttpRequest(
        method="GET",
        url=check_client_id_url(client_id),
        headers={"Accept": "application/json"},
        ca_file=ca_file,
        max_body=_MAX_DOCUMENT,
    )


def parse_client_id_document(
    response: HttpResponse, *, client_id: str, redirect_uris: Sequence[str]
) -> Mapping[str, Any]:
    """Return the document in *response* if a provider can accept a sign-in by it.

    Args:
        response: The answer to ``client_id_document_request``.
        client_id: Its address, to the letter.
        redirect_uris: Those that the sign-in needs. The port of a loopback address is free.

    Raises:
        ClientDocumentError: If it is no such document, another client's, or lacks one of them.

    Source: draft-ietf-oauth-client-id-metadata-document section 4, RFC 8252 section 7.3.
    """
    document = _read(response)
    if document.get("client_id") != client_id:
        raise ClientDocumentError("the document names another client ID")
    _check_public(document)
    known = {_without_port(uri) for uri in _texts(document.get("redirect_uris"))}
    if not {_without_port(uri) for uri in redirect_uris} <= known:
        raise ClientDocumentError("the document lacks the address to come back to")
    return document


def document_ports(document: Mapping[str, Any], redirect_uri: str) -> tuple[int | None, ...]:
    """Return the ports that *document* names for *redirect_uri*; None where it leaves it open.

    A provider that compares ports takes no others.
    """
    uris = _texts(document.get("redirect_uris"))
    return tuple(
        urlsplit(uri).port for uri in uris if _without_port(uri) == _without_port(redirect_uri)
    )


def loopback_client_id(redirect_uris: Sequence[str], scopes: Sequence[str]) -> str:
    """Return the client ID of an installed program without a document (Bluesky's AT Protocol).

    Raises:
        ScopeError: If a scope has a character that is not allowed.

    Source: AT Protocol OAuth specification, "Localhost Client Development".
    """
    fields = [("redirect_uri", _without_port(uri)) for uri in dict.fromkeys(redirect_uris)]
    if scopes:
        fields.append(("scope", format_scope(scopes)))
    return "http://localhost" + ("?" + urlencode(fields, quote_via=quote) if fields else "")


def _read(response: HttpResponse) -> dict[str, Any]:
    if response.status != 200:  # noqa: PLR2004
        raise ClientDocumentError(Reason("it answers with status {status}", status=response.status))
    try:
        return parse_json_object(response.body)
    except MalformedBodyError as error:
        raise ClientDocumentError(error.reason) from error


def _check_public(document: Mapping[str, Any]) -> None:
    """Anybody can read the document, so nothing shared may be in it."""
    if _SECRETS.intersection(document):
        raise ClientDocumentError("the document holds a secret that anybody can read")
    method = document.get("token_endpoint_auth_method")
    if isinstance(method, str) and method in _SECRET_METHODS:
        raise ClientDocumentError("the document asks for a secret, which nobody has")


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _without_port(uri: str) -> str:
    """Return *uri*, without its port if it is on this machine."""
    try:
        parts = urlsplit(uri)
        local = parts.scheme == "http" and is_loopback(parts.hostname or "")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    except ValueError:
        return uri
    return parts._replace(netloc=host).geturl() if local else uri
