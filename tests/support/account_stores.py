"""The stores' ports in memory, for tests of services: a lock, and a disk that can be full."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktop_app.errors import AppError, LockedError
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Picture, Profile
from desktop_app.services.providers.registered_client import RegisteredClient


class FullError(AppError):
    """Stands for the store's own error on a full disk."""

    code = "disk_full"


class TurnedClock:
    """A clock that a test turns; ``reads`` counts who looked at it."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.reads = 0

    def __call__(self) -> float:
        self.reads += 1
        return self.now


@dataclass
class Disk:
    """What all stores share."""

    locked: bool = False
    full: bool = False
    writes: list[str] = field(default_factory=list)

    def check(self) -> None:
        if self.locked:
            raise LockedError

    async def write(self, what: str) -> None:
        await asyncio.sleep(0)
        self.check()
        if self.full:
            raise FullError
        self.writes.append(what)


class AccountStore:
    """`ports.ProfileStore`."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._kept: dict[str, Profile] = {}

    def get(self, profile_id: str) -> Profile | None:
        self._disk.check()
        return self._kept.get(profile_id)

    def find(self, issuer: str, subject: str) -> Profile | None:
        return next((p for p in self.all() if (p.issuer, p.subject) == (issuer, subject)), None)

    def all(self) -> Sequence[Profile]:
        self._disk.check()
        return tuple(self._kept.values())

    async def save(self, profile: Profile) -> None:
        await self._disk.write(f"profile {profile.id}")
        self._kept[profile.id] = profile

    async def delete(self, profile_id: str) -> None:
        await self._disk.write(f"no profile {profile_id}")
        self._kept.pop(profile_id, None)


class AccountPictures:
    """`ports.PictureStore`."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._kept: dict[str, Picture] = {}

    def get(self, profile_id: str) -> Picture | None:
        self._disk.check()
        return self._kept.get(profile_id)

    async def save(self, picture: Picture) -> None:
        await self._disk.write(f"picture {picture.profile_id}")
        self._kept[picture.profile_id] = picture

    async def delete(self, profile_id: str) -> None:
        await self._disk.write(f"no picture {profile_id}")
        self._kept.pop(profile_id, None)


class ProviderEntries:
    """`ports.ProviderStore`."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._kept: dict[str, Provider] = {}

    def get(self, provider_id: str) -> Provider | None:
        self._disk.check()
        return self._kept.get(provider_id)

    def all(self) -> Sequence[Provider]:
        self._disk.check()
        return tuple(self._kept.values())

    async def save(self, provider: Provider) -> None:
        await self._disk.write(f"provider {provider.id}")
        self._kept[provider.id] = provider

    async def delete(self, provider_id: str) -> None:
        await self._disk.write(f"no provider {provider_id}")
        self._kept.pop(provider_id, None)


class RegisteredClients:
    """`ports.RegistrationStore`."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._kept: dict[str, RegisteredClient] = {}

    def get(self, provider_id: str) -> RegisteredClient | None:
        self._disk.check()
        return self._kept.get(provider_id)

    async def save(self, client: RegisteredClient) -> None:
        await self._disk.write(f"registration {client.provider}")
        self._kept[client.provider] = client

    async def delete(self, provider_id: str) -> None:
        await self._disk.write(f"no registration {provider_id}")
        self._kept.pop(provider_id, None)


class Documents:
    """`ports.DocumentStore`."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self.kept: dict[str, Mapping[str, Any]] = {}

    def get(self, name: str) -> Mapping[str, Any] | None:
        self._disk.check()
        return self.kept.get(name)

    async def save(self, name: str, document: Mapping[str, Any]) -> None:
        await self._disk.write(f"document {name}")
        self.kept[name] = dict(document)

    async def delete(self, name: str) -> None:
        await self._disk.write(f"no document {name}")
        self.kept.pop(name, None)


class PreferenceValues:
    """`ports.PreferenceStore`."""

    def __init__(self, **values: Any) -> None:
        self.kept: Mapping[str, Any] = values

    def get(self) -> Mapping[str, Any]:
        return self.kept

    async def save(self, values: Mapping[str, Any]) -> None:
        self.kept = dict(values)
