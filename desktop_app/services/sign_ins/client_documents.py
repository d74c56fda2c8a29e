"""Client IDs that are the address of a hosted description, looked at before they are used."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.oauth.client_id_document import (
    client_id_document_request,
    document_ports,
    parse_client_id_document,
)
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.exchange import ask
from desktop_app.services.ports import HttpClient
from desktop_app.services.providers.readiness import redirect_uri_hint


def names_a_document(provider: Provider, metadata: ServerMetadata) -> bool:
    """Tell whether the entry's client ID is such an address, and the provider takes those."""
    client_id = provider.client_id or ""
    return metadata.client_id_metadata_document_supported and client_id.startswith("https://")


async def described_redirects(http: HttpClient, provider: Provider) -> tuple[Redirect, ...]:
    """Return where the answer may come back to, as the description says it.

    It is read before the browser opens: the provider would only show an error of its own,
    without a way back.

    Raises:
        ClientDocumentError: If it is no description of this client, or of another way back.
        ProviderUnreachableError: If nobody answers there.

    Source: draft-ietf-oauth-client-id-metadata-document section 4.
    """
    client_id, wanted = provider.client_id or "", redirect_uri_hint(provider)
    request = client_id_document_request(client_id, ca_file=provider.ca_file)
    document = parse_client_id_document(
        await ask(http, request), client_id=client_id, redirect_uris=(wanted,)
    )
    redirect = provider.redirect
    if redirect.paste or redirect.port:
        return (redirect,)
    ports = sorted(document_ports(document, wanted), key=lambda port: port or 1 << 16)
    return tuple(replace(redirect, port=port) for port in ports)
