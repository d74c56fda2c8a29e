"""Stores in memory, and services whose state a test sets."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from desktop_app.demo.printing import PrintedSheet
from desktop_app.errors import LockedError, NotFoundError
from desktop_app.services.accounts import Revocation, SignIn
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.events import EventBus
from desktop_app.services.keeping import StoreDamage, VaultInfo
from desktop_app.services.locking.lock_errors import UnopenableError
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.revocations import ALL_GONE, NOT_SUPPORTED
from tests.support.made_up import sign_in


def png(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@dataclass
class Shelf:
    """A store in memory: whatever has an id."""

    things: dict[str, Any] = field(default_factory=dict)
    key: str = "id"

    def get(self, name: str) -> Any:
        return self.things.get(name)

    def find(self, issuer: str, subject: str) -> Any:
        found = (p for p in self.things.values() if (p.issuer, p.subject) == (issuer, subject))
        return next(found, None)

    def all(self) -> list[Any]:
        return list(self.things.values())

    async def save(self, thing: Any) -> None:
        self.things[getattr(thing, self.key)] = thing

    async def delete(self, name: str) -> None:
        self.things.pop(name, None)


class Documents:
    """Named documents in memory."""

    def __init__(self) -> None:
        self.things: dict[str, Mapping[str, Any]] = {}

    def get(self, name: str) -> Mapping[str, Any] | None:
        return self.things.get(name)

    async def save(self, name: str, document: Mapping[str, Any]) -> None:
        self.things[name] = document


class Preferences:
    """Preferences in memory."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def get(self) -> Mapping[str, Any]:
        return self.values

    async def save(self, values: Mapping[str, Any]) -> None:
        self.values = values


class Keys:
    """A vault whose state a test sets."""

    def __init__(self) -> None:
        self.shown = VaultInfo(state="unlocked", keyring=True, passphrase=True, keyring_usable=True)

    @property
    def state(self) -> str:
        return self.shown.state

    def info(self) -> VaultInfo:
        return self.shown


class Lock:
    """A lock over ``Keys``; the passphrase is always the same."""

    def __init__(self, keys: Keys, events: EventBus) -> None:
        self._keys = keys
        self._events = events
        self.damage: StoreDamage | None = None
        self.problem: UnopenableError | None = None

    @property
    def locked(self) -> bool:
        return self._keys.state != "unlocked"

    @property
    def state(self) -> str:
        return self._keys.state

    def touch(self) -> None:
        pass

    async def unlock(self, passphrase: str) -> None:
        if passphrase != "correct horse":
            raise LockedError
        self._keys.shown = replace(self._keys.shown, state="unlocked")
        self._events.publish("unlocked", {})

    async def lock(self) -> None:
        self._keys.shown = replace(self._keys.shown, state="locked")
        self._events.publish("locked", {})


class SignIns:
    """Sign-ins that a test sets."""

    def __init__(self, events: EventBus) -> None:
        self.things: dict[str, SignIn] = {}
        self._events = events

    def all(self) -> list[SignIn]:
        return list(self.things.values())

    def status(self, sign_in_id: str) -> SignIn:
        if sign_in_id not in self.things:
            raise NotFoundError
        return self.things[sign_in_id]

    async def start(self, *, provider_id: str, **_: Any) -> SignIn:
        self.change(sign_in(id="begun", provider=provider_id))
        return self.things["begun"]

    async def cancel(self, sign_in_id: str) -> None:
        self.change(replace(self.status(sign_in_id), status="cancelled", authorization_url=None))

    def change(self, changed: SignIn) -> None:
        self.things[changed.id] = changed
        self._events.publish("sign_in", {"id": changed.id, "status": changed.status})


class TakingBack:
    """Takes accounts back without a network; each provider ends another way."""

    def __init__(self, profiles: ProfileService) -> None:
        self._profiles = profiles
        self.gate = asyncio.Event()
        self.gate.set()

    async def revoke(self, profile_id: str) -> Revocation:
        await self.gate.wait()
        profile = self._profiles.get(profile_id)
        if profile.provider == "gitlab":
            raise ProviderUnreachableError("it refused the connection", host="gitlab.com")
        if profile.provider in {"github", "microsoft"}:
            page = f"https://{profile.provider}.example/settings"
            return replace(_told(profile_id, "not_supported", NOT_SUPPORTED), settings_url=page)
        await self._profiles.update(profile_id, lambda old: replace(old, status="revoked"))
        told = _told(profile_id, "provider_confirmed", ALL_GONE)
        return replace(told, revoked=("refresh_token", "access_token"), complete=True)


def _told(profile_id: str, proof: str, message: str) -> Revocation:
    return Revocation(profile_id=profile_id, revoked=(), proof=proof, message=message)


class Demo:
    """A printing service that has one sheet."""

    async def print_sheet(self, _profile_id: str, *, signs: bool = False) -> PrintedSheet:
        return PrintedSheet(id="one", photos=8)

    def sheet(self, _sheet_id: str) -> bytes:
        return png((640, 400), (150, 190, 185))


class NoHttp:
    """Nobody answers."""

    async def fetch(self, _request: Any) -> Any:
        raise NotFoundError
