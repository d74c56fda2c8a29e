"""The clients that Coatcheck registered, and what of them could not be kept yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from desktop_app.services.ports import RegistrationStore
from desktop_app.services.providers.registered_client import RegisteredClient

NewSecret = Callable[[RegisteredClient], Awaitable[None]]
"""Told a client whose secret is another one now."""


class KeptClients:
    """Keeps clients with their grants; what a full disk refused is kept as soon as it can be.

    A provider that gave another secret, or another token for its registration, takes the old one
    back no more: forgetting the new one would cost every grant of the client.

    Args:
        store: Where they are kept.
        new_secret: Told each client that the provider gave another secret.
    """

    def __init__(self, store: RegistrationStore, new_secret: NewSecret) -> None:
        self._store = store
        self._new_secret = new_secret
        self._unsaved: dict[str, RegisteredClient] = {}

    def get(self, provider_id: str) -> RegisteredClient | None:
        """Return the client of a provider as it is known here, or None.

        Raises:
            LockedError: While the vault is locked.
        """
        kept = self._store.get(provider_id)
        return self._unsaved.get(provider_id, kept)

    async def save(self, client: RegisteredClient) -> RegisteredClient:
        """Keep *client*, and its secret in every grant that hangs on it.

        Raises:
            AppError: It can't be kept now; `settle` tries again.
        """
        self._unsaved[client.provider] = client
        await self.settle(client.provider)
        return client

    async def settle(self, provider_id: str) -> None:
        """Keep what could not be kept before, if there is anything.

        Raises:
            AppError: It can't be kept now either.
        """
        client = self._unsaved.get(provider_id)
        if client is None:
            return
        kept = self._store.get(provider_id)
        # The grants first: once the client is kept as it is, nobody looks after them any more.
        if kept is not None and _secret(kept) != _secret(client):
            await self._new_secret(client)
        await self._store.save(client)
        if self._unsaved.get(provider_id) is client:
            del self._unsaved[provider_id]

    async def delete(self, provider_id: str) -> None:
        """Forget the client of a provider."""
        await self._store.delete(provider_id)
        self._unsaved.pop(provider_id, None)


def _secret(client: RegisteredClient) -> str | None:
    return client.credentials.client_secret
