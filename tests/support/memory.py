"""Doubles that live in memory; they stand at the ports."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from desktop_app.demo.printing import PrintedSheet
from desktop_app.errors import NotFoundError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.services.backup.backup_errors import (
    NotABackupError,
    WrongBackupPassphraseError,
)
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.locking.lock_errors import KeyringMissingError, WeakPassphraseError
from desktop_app.services.recipes import Recipe, RecipeError, RecipeName


class Clock:
    """A clock that a test turns."""

    def __init__(self, now: float = 1_770_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class MemoryKeyring:
    """A system keyring that can be taken away."""

    usable: bool = True
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    async def read(self, name: str) -> str | None:
        await self.check()
        return self.secrets.get(name)

    async def write(self, name: str, secret: str) -> None:
        await self.check()
        self.secrets[name] = secret

    async def delete(self, name: str) -> None:
        self.secrets.pop(name, None)

    async def check(self) -> None:
        if not self.usable:
            raise KeyringMissingError


@dataclass
class UnpluggedHttp:
    """`ports.HttpClient` of a computer without a network, but for prepared answers."""

    answers: dict[str, HttpResponse] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    requests: list[HttpRequest] = field(default_factory=list)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.url)
        self.requests.append(request)
        if request.url not in self.answers:
            raise ProviderUnreachableError("there is no network", host="The provider")
        return self.answers[request.url]


@dataclass
class MemoryBrowser:
    """`ports.Browser` that remembers what it was given."""

    opened: list[str] = field(default_factory=list)
    works: bool = True

    async def open(self, url: str) -> bool:
        self.opened.append(url)
        return self.works


class MemoryRecipes:
    """`services.recipes.Recipes` that touch no program's files, and note what they should."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def show(self, name: RecipeName) -> Recipe:
        return self._noted("show", name)

    async def install(self, name: RecipeName) -> Recipe:
        return self._noted("install", name)

    async def remove(self, name: RecipeName) -> Recipe:
        return self._noted("remove", name)

    def _noted(self, what: str, name: RecipeName) -> Recipe:
        self.asked.append((what, name))
        if name == "rclone":
            raise RecipeError(name)
        return Recipe(name=name, text=f"<{name}>", done=() if what == "show" else (what,))


class MemoryPrinting:
    """A printing service that needs no photos, and notes for whom it shall print, and how."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    async def print_sheet(self, profile_id: str, *, signs: bool = False) -> PrintedSheet:
        self.asked.append((profile_id, signs))
        return PrintedSheet(id="sheet1", photos=3)

    def sheet(self, sheet_id: str) -> bytes:
        if sheet_id != "sheet1":
            raise NotFoundError
        return b"\x89PNG\r\n\x1a\n"


class QuickSealer:
    """`backup.ports.Sealer` without scrypt's seconds; ``vault/age.py`` is the real one."""

    async def seal(self, content: bytes, passphrase: str) -> bytes:
        if len(passphrase) < 8:
            raise WeakPassphraseError(minimum=8)
        return b"quick " + _line(passphrase) + content

    async def open(self, sealed: bytes, passphrase: str) -> bytes:
        if not sealed.startswith(b"quick "):
            raise NotABackupError("it is not an age file")
        line = b"quick " + _line(passphrase)
        if not sealed.startswith(line):
            raise WrongBackupPassphraseError
        return sealed[len(line) :]


def _line(passphrase: str) -> bytes:
    return json.dumps(passphrase).encode() + b"\n"


@dataclass
class StandingPhotos:
    """`backup.ports.PhotoService`; ``heard`` says what it was asked for."""

    heard: list[str] = field(default_factory=list)

    async def start(self) -> None:
        self.heard.append("start")

    async def stop(self) -> None:
        self.heard.append("stop")
