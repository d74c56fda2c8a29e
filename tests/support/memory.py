"""Stores, a vault and services' doubles that live in memory; they stand at the ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from desktop_app.errors import LockedError, NotFoundError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import LentToken, Picture, Profile, Revocation
from desktop_app.services.errors import NeedsSignInError, ProviderUnreachableError
from desktop_app.services.lock_errors import WeakPassphraseError, WrongPassphraseError
from desktop_app.services.ports import Publish, VaultInfo, VaultState
from desktop_app.services.profiles import ProfileService
from desktop_app.web.services import PrintedSheet


class Clock:
    """A clock that a test turns."""

    def __init__(self, now: float = 1_770_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class MemoryVault:
    """A vault that opens with one passphrase."""

    state: VaultState = "unlocked"
    passphrase: str | None = "correct horse"
    keyring: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)

    def info(self) -> VaultInfo:
        return VaultInfo(
            state=self.state, keyring=self.keyring, passphrase=self.passphrase is not None
        )

    async def rewrap(self, **values: Any) -> None:
        self.calls.append(values)
        if values["passphrase"] is not None and len(values["passphrase"]) < 8:
            raise WeakPassphraseError(minimum=8)
        self.keyring = values["keyring"]
        if not values["keep_passphrase"]:
            self.passphrase = values["passphrase"]

    def check(self) -> None:
        if self.state != "unlocked":
            raise LockedError


@dataclass
class MemoryLock:
    """Locks and unlocks a `MemoryVault`."""

    vault: MemoryVault
    publish: Publish
    touches: int = 0

    async def unlock(self, passphrase: str) -> None:
        if self.vault.state == "new":
            self.vault.passphrase = passphrase
        if passphrase != self.vault.passphrase:
            raise WrongPassphraseError
        self.vault.state = "unlocked"
        self.publish("unlocked", {})

    async def unlock_with_keyring(self) -> None:
        if not self.vault.keyring:
            raise LockedError
        self.vault.state = "unlocked"

    async def lock(self) -> None:
        self.vault.state = "locked"
        self.publish("locked", {})

    async def start_over(self) -> None:
        self.vault.state, self.vault.passphrase = "new", None

    def touch(self) -> None:
        self.touches += 1


class MemoryProfiles:
    """`ports.ProfileStore` without a disk."""

    def __init__(self, vault: MemoryVault) -> None:
        self._vault = vault
        self._kept: dict[str, Profile] = {}

    def get(self, profile_id: str) -> Profile | None:
        self._vault.check()
        return self._kept.get(profile_id)

    def find(self, issuer: str, subject: str) -> Profile | None:
        return next((p for p in self.all() if (p.issuer, p.subject) == (issuer, subject)), None)

    def all(self) -> Sequence[Profile]:
        self._vault.check()
        return tuple(self._kept.values())

    async def save(self, profile: Profile) -> None:
        self._kept[profile.id] = profile

    async def delete(self, profile_id: str) -> None:
        self._kept.pop(profile_id, None)


class MemoryPictures:
    """`ports.PictureStore` without a disk."""

    def __init__(self) -> None:
        self._kept: dict[str, Picture] = {}

    def get(self, profile_id: str) -> Picture | None:
        return self._kept.get(profile_id)

    async def save(self, picture: Picture) -> None:
        self._kept[picture.profile_id] = picture

    async def delete(self, profile_id: str) -> None:
        self._kept.pop(profile_id, None)


class MemoryProviders:
    """`ports.ProviderStore` without a disk."""

    def __init__(self, vault: MemoryVault) -> None:
        self._vault = vault
        self._kept: dict[str, Provider] = {}

    def get(self, provider_id: str) -> Provider | None:
        self._vault.check()
        return self._kept.get(provider_id)

    def all(self) -> Sequence[Provider]:
        self._vault.check()
        return tuple(self._kept.values())

    async def save(self, provider: Provider) -> None:
        self._kept[provider.id] = provider

    async def delete(self, provider_id: str) -> None:
        self._kept.pop(provider_id, None)


class MemoryDocuments:
    """`ports.DocumentStore` without a disk."""

    def __init__(self, vault: MemoryVault) -> None:
        self._vault = vault
        self._kept: dict[str, Mapping[str, Any]] = {}

    def get(self, name: str) -> Mapping[str, Any] | None:
        self._vault.check()
        return self._kept.get(name)

    async def save(self, name: str, document: Mapping[str, Any]) -> None:
        self._vault.check()
        self._kept[name] = dict(document)

    async def delete(self, name: str) -> None:
        self._kept.pop(name, None)


class MemoryPreferences:
    """`ports.PreferenceStore` without a disk."""

    def __init__(self) -> None:
        self._kept: Mapping[str, Any] = {}

    def get(self) -> Mapping[str, Any]:
        return self._kept

    async def save(self, values: Mapping[str, Any]) -> None:
        self._kept = dict(values)


@dataclass
class UnpluggedHttp:
    """`ports.HttpClient` of a computer without a network, but for prepared answers."""

    answers: dict[str, HttpResponse] = field(default_factory=dict)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        if request.url not in self.answers:
            raise ProviderUnreachableError("there is no network", host="The provider")
        return self.answers[request.url]


@dataclass
class MemoryBrowser:
    """`ports.Browser` that remembers what it was given."""

    opened: list[str] = field(default_factory=list)

    async def open(self, url: str) -> bool:
        self.opened.append(url)
        return True


@dataclass
class MemoryTokens:
    """What handlers ask of the token service, with a provider that can go away."""

    profiles: ProfileService
    reachable: bool = True
    revoked: list[str] = field(default_factory=list)

    def _check(self, profile_id: str) -> Profile:
        profile = self.profiles.get(profile_id)
        if not self.reachable:
            raise ProviderUnreachableError("there is no network", host="photos.example")
        if profile.status != "active":
            raise NeedsSignInError
        return profile

    async def access_token(
        self, profile_id: str, scopes: Sequence[str] = (), min_valid_seconds: float = 60
    ) -> LentToken:
        self._check(profile_id)
        return LentToken(
            access_token="secret-access-token",
            token_type="Bearer",
            expires_at=1_770_000_300.0,
            scopes=tuple(scopes) or ("openid",),
        )

    async def refresh(self, profile_id: str) -> Profile:
        profile = self._check(profile_id)
        return await self.profiles.update(
            profile.id, lambda old: replace(old, updated_at=old.updated_at + 1)
        )

    async def revoke(self, profile_id: str) -> Revocation:
        profile = self._check(profile_id)
        self.revoked.append(profile.id)
        return Revocation(
            profile_id=profile.id,
            revoked=("refresh_token",),
            proof="provider_confirmed",
            message="It is revoked.",
        )

    async def introspect(self, profile_id: str) -> Mapping[str, Any]:
        self._check(profile_id)
        return {"active": True, "scope": "openid"}


class MemoryPrinting:
    """A printing service that needs no photos."""

    async def print_sheet(self, profile_id: str) -> PrintedSheet:
        return PrintedSheet(id="sheet1", photos=3)

    def sheet(self, sheet_id: str) -> bytes:
        if sheet_id != "sheet1":
            raise NotFoundError
        return b"\x89PNG\r\n\x1a\n"
