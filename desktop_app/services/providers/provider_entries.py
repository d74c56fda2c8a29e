"""Every provider's entry by its id: presets with the person's part in them, and their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from desktop_app.errors import NotFoundError
from desktop_app.providers.catalogue import Catalogue
from desktop_app.providers.model import Provider
from desktop_app.providers.personal import own_server, personalise
from desktop_app.services.ports import ProviderStore
from desktop_app.services.providers.authorities import check_authority

_NOT_WORD = re.compile(r"[^a-z0-9]+")
# Words that stand in the place of an id in addresses.
_TAKEN = frozenset({"openid", "new"})


class ProviderEntries:
    """What the catalogue, the store and the running program say together.

    Args:
        catalogue: The presets.
        store: What the person entered.
        changed: Told the id of each entry that was kept or forgotten.
    """

    def __init__(
        self, *, catalogue: Catalogue, store: ProviderStore, changed: Callable[[str], None]
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._changed = changed
        self._running: dict[str, Provider] = {}

    def all(self) -> Sequence[Provider]:
        """Return every provider: presets with the person's entries in them, then their own.

        Raises:
            LockedError: While the vault is locked.
        """
        presets = [self.get(preset.id) for preset in self._catalogue.all()]
        kept = [each for each in self._store.all() if self._catalogue.get(each.id) is None]
        own = [self.get(each.id) for each in kept]
        return (*presets, *sorted(own, key=lambda each: each.name.casefold()))

    def get(self, provider_id: str) -> Provider:
        """Return one provider.

        Raises:
            NotFoundError: If there is none with this id.
            LockedError: While the vault is locked.
        """
        if provider_id in self._running:
            return self._running[provider_id]
        mine = self._store.get(provider_id)
        preset = self._catalogue.get(provider_id)
        if preset is not None:
            return personalise(preset, mine)
        if mine is None:
            raise NotFoundError(provider_id)
        template = self._catalogue.get(mine.template or "")
        return mine if template is None else own_server(template, mine)

    def preset(self, preset_id: str) -> Provider | None:
        """Return a preset as it ships, or None."""
        return self._catalogue.get(preset_id)

    def mine(self, provider_id: str) -> Provider | None:
        """Return the person's own part of an entry, or None."""
        return self._store.get(provider_id)

    def servers(self, template_id: str) -> Sequence[Provider]:
        """Return the person's entries that were made from one preset with a host."""
        return [each for each in self.all() if each.template == template_id]

    def set_runtime(self, provider: Provider) -> None:
        """Let *provider* stand for its id until the program ends; it is not kept."""
        self._running[provider.id] = provider

    async def keep(self, provider: Provider) -> Provider:
        """Save an entry and return it.

        Raises:
            InvalidRequestError: Its ``ca_file`` can't be used.
        """
        await check_authority(provider.ca_file)
        await self._store.save(provider)
        self._changed(provider.id)
        return provider

    async def delete(self, provider_id: str, *, missing_ok: bool = False) -> None:
        """Forget what the person entered under an id.

        Raises:
            NotFoundError: If there is nothing of the person's under this id.
        """
        if self._store.get(provider_id) is None and not missing_ok:
            raise NotFoundError(provider_id)
        await self._store.delete(provider_id)
        self._changed(provider_id)

    def is_known(self, provider_id: str) -> bool:
        """Tell whether some entry has this id."""
        preset = self._catalogue.get(provider_id) or self._running.get(provider_id)
        return preset is not None or self._store.get(provider_id) is not None

    def free_id(self, provider: Provider) -> str:
        """Return an id that no entry has, made from the provider's name."""
        base = _NOT_WORD.sub("-", provider.name.casefold()).strip("-")[:40].strip("-")
        base = base or "provider"
        number, found = 1, base
        while self.is_known(found) or found in _TAKEN:
            number += 1
            found = f"{base}-{number}"
        return found
