"""What the tests of vault, store and lock share."""

from __future__ import annotations

import os
import resource
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.locking.lock_errors import KeyringMissingError, KeyringUnavailableError
from desktop_app.store.database import Database
from desktop_app.vault.vault import Vault

PASSPHRASE = "correct horse battery"


class MemoryKeyring:
    """Stands at the keyring's port; *problem* is raised by every call."""

    def __init__(self, problem: KeyringUnavailableError | None = None) -> None:
        self.problem = problem
        self.entries: dict[str, str] = {}

    async def read(self, name: str) -> str | None:
        self._complain()
        return self.entries.get(name)

    async def write(self, name: str, secret: str) -> None:
        self._complain()
        self.entries[name] = secret

    async def delete(self, name: str) -> None:
        self._complain()
        self.entries.pop(name, None)

    async def check(self) -> None:
        self._complain()

    def _complain(self) -> None:
        if self.problem is not None:
            raise self.problem


def no_keyring() -> MemoryKeyring:
    return MemoryKeyring(KeyringMissingError())


def make_vault(folder: Path, keyring: MemoryKeyring | None = None) -> Vault:
    return Vault(folder / "vault.json", keyring=keyring or no_keyring(), random=secrets.token_bytes)


def make_database(folder: Path, key: bytes) -> Database:
    return Database(folder / "profiles.db", key=lambda: key)


def make_profile(profile_id: str = "p1", *, subject: str = "1", label: str = "") -> Profile:
    grant = Grant(
        issuer="https://issuer.example",
        authorization_endpoint="https://issuer.example/authorize",
        token_endpoint="https://issuer.example/token",
        client_id="client",
        access_token=f"access-{subject}",
        access_token_issued_at=1.0,
        refresh_token=f"refresh-{subject}",
        scopes_granted=("openid", "email"),
    )
    return Profile(
        id=profile_id,
        provider="example",
        issuer="https://issuer.example",
        subject=subject,
        label=label,
        created_at=1.0,
        updated_at=2.0,
        last_seen_at=3.0,
        claims={"sub": subject, "name": "Zoë \ud800", "groups": [1, {"deep": True}]},
        grant=grant,
    )


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond *size* bytes: a full disk, for a moment."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def tiny_disk(folder: Path, size: str = "128k") -> Iterator[Path]:
    """Mount a disk that is soon full; needs root."""
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", folder], check=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Make *folder* and let nobody write there; the administrator needs a mount for that."""
    folder.mkdir(mode=0o700)
    if os.geteuid() != 0:
        folder.chmod(0o500)
        yield folder
        folder.chmod(0o700)
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,mode=700", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777
