"""Clients as providers take them: the secret in the header, as it should be, or in the form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import InvalidClientError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider

_HEADER: Final = "client_secret_basic"
_FORM: Final = "client_secret_post"

T = TypeVar("T")


async def as_taken(
    provider: Provider,
    metadata: ServerMetadata,
    client: Client,
    ask: Callable[[Client], Awaitable[T]],
) -> tuple[Client, T]:
    """Return *client* as the provider took it, and what *ask* got with that.

    A refused client has used nothing up, so *ask* is called once more where the secret may be
    read in the form alone.

    Raises:
        InvalidClientError: If it is taken in no way; *ask* may raise anything else.
    """
    try:
        return client, await ask(client)
    except InvalidClientError:
        other = _in_the_form(provider, metadata, client)
        if other is None:
            raise
        return other, await ask(other)


def _in_the_form(provider: Provider, metadata: ServerMetadata, client: Client) -> Client | None:
    """Return *client* with its secret in the form, for a provider that did not take the header.

    RFC 6749 section 2.3.1 has every provider read the header, form-encoded. JupyterHub reads the
    form alone, and Doorkeeper does not decode what it reads. None where somebody said which way
    it is, or the form is none of the provider's ways.
    """
    named = metadata.token_endpoint_auth_methods_supported
    stated = provider.client_authentication is not None
    if stated or client.method != _HEADER or (named is not None and _FORM not in named):
        return None
    return replace(client, method=_FORM)
