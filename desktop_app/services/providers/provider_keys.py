"""Checking signatures with the keys that a provider publishes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from desktop_app.oauth.errors import UnknownKeyError
from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.services.providers.providers import ProviderService

Claims = Mapping[str, Any]

T = TypeVar("T")


class ProviderKeys:
    """Gives checks the keys of an address, and newer ones if those don't do."""

    def __init__(self, providers: ProviderService) -> None:
        self._providers = providers

    async def checked(
        self, check: Callable[[JsonWebKeySet], T], uri: str | None, ca_file: str | None
    ) -> T:
        """Return what *check* makes of the keys; of those fetched anew if it knows none of them.

        Raises:
            DiscoveryError: If there is no key set at *uri*.
            ProviderUnreachableError: If the keys can't be fetched.
            OAuthError: If *check* says so.
        """
        # In a thread: the first signature imports the JOSE library, which takes a moment.
        try:
            return await asyncio.to_thread(check, await self._keys(uri, ca_file, fresh=False))
        except UnknownKeyError:
            return await asyncio.to_thread(check, await self._keys(uri, ca_file, fresh=True))

    async def _keys(self, uri: str | None, ca_file: str | None, *, fresh: bool) -> JsonWebKeySet:
        if uri is None:
            return JsonWebKeySet()
        keys: JsonWebKeySet = await self._providers.keys(uri, ca_file=ca_file, fresh=fresh)
        return keys
