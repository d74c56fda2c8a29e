"""What keeps everything, as Protocols: the vault with the data key, and the sealed store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

VaultState = Literal["new", "locked", "unlocked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultInfo:
    """How the data key is kept, for the settings page.

    Attributes:
        keyring: The system keyring can open the vault; likewise ``passphrase``.
        key_file: Path of the key file that can open it, or None.
        keyring_usable: Whether the keyring answered when last asked; None if never asked.
        keyring_problem: Why not, a gettext msgid.
    """

    state: VaultState
    keyring: bool = False
    passphrase: bool = False
    key_file: str | None = None
    keyring_usable: bool | None = None
    keyring_problem: str | None = None


class Vault(Protocol):
    """Holds the data key while unlocked; see ``vault/vault.py`` for how it is wrapped."""

    @property
    def state(self) -> VaultState:
        """``new`` (no key yet), ``locked`` or ``unlocked``."""

    def info(self) -> VaultInfo:
        """Say how the data key is kept."""

    async def create(
        self,
        *,
        passphrase: str | None = None,
        key_file: Path | None = None,
        keyring: bool = False,
    ) -> None:
        """Make a data key, wrap it in each way that is asked for, and be unlocked."""

    async def unlock(
        self,
        *,
        passphrase: str | None = None,
        key_file: Path | None = None,
        keyring: bool = False,
    ) -> None:
        """Open the vault with the one thing that is given."""

    async def prove(self, *, passphrase: str | None = None, key_file: str | None = None) -> None:
        """Return if the passphrase, or what is written in the key file, opens this vault."""

    def lock(self) -> None:
        """Forget the data key."""

    async def rewrap(
        self,
        *,
        keyring: bool,
        passphrase: str | None,
        current_passphrase: str | None,
        keep_passphrase: bool = False,
    ) -> None:
        """Change how the data key is kept: by the keyring, a passphrase, or both."""

    async def check_keyring(self) -> bool:
        """Ask the keyring whether it works, within seconds; the answer is kept for ``info``."""

    async def set_aside(self, suffix: str) -> Path | None:
        """Move ``vault.json`` to a name with *suffix* and be new; None if there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDamage:
    """What could not be read when the store was opened.

    Attributes:
        entries: How many records are lost or unreadable; an account may be among them.
        kept_as: The name of the damaged file's copy, beside the new one.
    """

    entries: int
    kept_as: str


class Database(Protocol):
    """The sealed store; opened while the vault is unlocked."""

    @property
    def damage(self) -> StoreDamage | None:
        """What was lost, as the last opening found it; None if nothing was."""

    @property
    def exists(self) -> bool:
        """Whether there is a file of it."""

    async def open(self) -> None:
        """Read the file, or begin one."""

    async def close(self) -> None:
        """Write what is waiting, and forget every document."""

    async def set_aside(self, suffix: str) -> Path | None:
        """Move the closed file to a name with *suffix*; None if there was none."""
