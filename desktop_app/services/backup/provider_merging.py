"""Which entries of providers come out of a backup, and under which names.

An entry that is here stays as it is: it says where tokens may be sent. For the same reason a
preset gets nothing of the backup while there are accounts of it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from desktop_app.providers.model import Provider
from desktop_app.providers.places import ENDPOINTS
from desktop_app.services.backup.contents import BUILT_IN, Contents
from desktop_app.services.providers.registered_client import RegisteredClient


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedEntries:
    """What is written of providers.

    Attributes:
        providers: New entries; nothing that is here is among them.
        registrations: New ones, and those here that have an earlier client now.
        names: Under which id an entry of the backup is here, where that is another one.
    """

    providers: tuple[Provider, ...]
    registrations: tuple[RegisteredClient, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, provider_id: str) -> str:
        """Return the id that an entry of the backup has here."""
        return self.names.get(provider_id, provider_id)


def merged_entries(
    here: Contents, backup: Contents, *, is_preset: Callable[[str], bool]
) -> MergedEntries:
    """Return what is taken over of the entries of *backup*."""
    mine = {each.id: each for each in here.providers}
    used = {each.provider for each in here.profiles}
    names: dict[str, str] = {}
    new: list[Provider] = []
    for entry in backup.providers:
        known = mine.get(entry.id)
        if entry.id in BUILT_IN or is_preset(entry.id):
            wanted = known is None and entry.id not in used | BUILT_IN
            new += [replace(entry, origin="own")] if wanted else []
        elif known is None and entry.id not in used:
            new.append(replace(entry, origin="own"))
        elif known is None or _place(known) != _place(entry):
            names[entry.id] = _free_id(entry.id, {*mine, *used, *(each.id for each in new)})
            new.append(replace(entry, id=names[entry.id], origin="own"))
    added = {each.id for each in new}
    registrations = _registrations(here, backup, names, added)
    return MergedEntries(providers=tuple(new), registrations=registrations, names=names)


def _registrations(
    here: Contents, backup: Contents, names: Mapping[str, str], added: set[str]
) -> tuple[RegisteredClient, ...]:
    mine = {each.provider: each for each in here.registrations}
    used = {each.provider for each in here.profiles}
    found: list[RegisteredClient] = []
    for client in backup.registrations:
        moved = replace(client, provider=names.get(client.provider, client.provider))
        known = mine.get(moved.provider)
        if known is not None:
            found += _with_former(known, moved)
        elif moved.provider in added or moved.provider not in used:
            found.append(moved)
    return tuple(found)


def _with_former(known: RegisteredClient, other: RegisteredClient) -> list[RegisteredClient]:
    """Accounts of the backup may hang on its client: it is kept beside the one here."""
    places = [(each.issuer, each.token_endpoint, each.endpoint) for each in (known, other)]
    if places[0] != places[1]:
        return []
    more = [
        each for each in (other.registration, *other.former) if not known.known_as(each.client_id)
    ]
    return [replace(known, former=(*known.former, *more))] if more else []


def _place(entry: Provider) -> tuple[object, ...]:
    issuer = (entry.issuer or "").rstrip("/")
    endpoints = tuple(getattr(entry, name) for name in ENDPOINTS)
    return issuer, endpoints, entry.template, dict(entry.values)


def _free_id(wanted: str, taken: set[str]) -> str:
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
