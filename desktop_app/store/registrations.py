"""Clients that Coatcheck registered for itself, sealed."""

from __future__ import annotations

from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.store.collection import Collection
from desktop_app.store.database import Database


class RegistrationStore:
    """Implements ``services.ports.RegistrationStore``; every method raises ``LockedError``."""

    def __init__(self, database: Database) -> None:
        self._clients = Collection(database, "registrations", RegisteredClient)

    def get(self, provider_id: str) -> RegisteredClient | None:
        """Return the client of one provider, or None."""
        return self._clients.get(provider_id)

    async def save(self, client: RegisteredClient) -> None:
        """Insert or replace a client; on the disk when it returns."""
        await self._clients.save(client.provider, client)

    async def delete(self, provider_id: str) -> None:
        """Forget a client; on the disk when it returns."""
        await self._clients.delete(provider_id)
