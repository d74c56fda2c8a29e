"""The person's own providers, and their client IDs for presets, sealed."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.providers.model import Provider
from desktop_app.store.collection import Collection
from desktop_app.store.database import Database


class ProviderStore:
    """Implements ``services.ports.ProviderStore``; every method raises ``LockedError``."""

    def __init__(self, database: Database) -> None:
        self._providers = Collection(database, "providers", Provider)

    def get(self, provider_id: str) -> Provider | None:
        """Return one provider, or None."""
        return self._providers.get(provider_id)

    def all(self) -> Sequence[Provider]:
        """Return all providers that are kept."""
        return self._providers.all()

    async def save(self, provider: Provider) -> None:
        """Insert or replace a provider; on the disk when it returns."""
        await self._providers.save(provider.id, provider)

    async def delete(self, provider_id: str) -> None:
        """Forget a provider; on the disk when it returns."""
        await self._providers.delete(provider_id)
