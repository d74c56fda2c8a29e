"""Grants whose tokens are good only with a key that stays here: where they are wanted."""

from __future__ import annotations

import asyncio

from desktop_app.oauth.dpop import check_bound, new_dpop_key
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.token import TokenResponse
from desktop_app.providers.model import Provider


async def new_key(provider: Provider, metadata: ServerMetadata) -> str | None:
    """Return a key for one new grant, if the provider's entry asks for bound tokens.

    Raises:
        DpopKeyError: If the provider takes no algorithm that Coatcheck can do.

    Source: RFC 9449 section 5.1.
    """
    if not provider.dpop:
        return None
    # In a thread: it imports the JOSE library, and an RSA key takes a moment.
    return await asyncio.to_thread(new_dpop_key, metadata.dpop_signing_alg_values_supported)


def check_as_wanted(tokens: TokenResponse, key: str | None) -> TokenResponse:
    """Return *tokens* if they are bound, or need not be because there is no *key*.

    Raises:
        TokenNotBoundError: If they should be bound and aren't.
    """
    return tokens if key is None else check_bound(tokens)
