"""The program itself: health, session, keys, settings, tickets, window, demo."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from desktop_app.v1_0.schemas.base import Answer, Line, Name, Query, Request, Sparse

Passphrase = Annotated[str, msgspec.Meta(max_length=4_096)]
VaultState = Literal["new", "locked", "unlocked"]


class HealthBody(Sparse):
    """That the program is there; how many profiles is for callers with a credential alone."""

    status: Literal["ok"]
    version: str
    locked: bool
    profiles: int | UnsetType | None = UNSET


class Unlocking(Request):
    """The passphrase; without one the way that is kept (key file, keyring) is tried."""

    passphrase: Passphrase | None = None


class SessionBody(Answer):
    """Whether the vault is open now."""

    locked: bool
    state: VaultState


class KeysBody(Answer):
    """How the data key is kept."""

    state: VaultState
    keyring: bool
    passphrase: bool
    key_file: str | None
    keyring_usable: bool | None
    keyring_problem: str | None


class KeysQuery(Query):
    """``check=true`` asks the keyring whether it works; that takes up to some seconds."""

    check: bool = False


class KeysChange(Request):
    """Keyring, passphrase, or both. Without ``passphrase`` the one that is set stays."""

    keyring: bool
    passphrase: Passphrase | UnsetType | None = UNSET
    current_passphrase: Passphrase | None = None


class StartOver(Request):
    """Must say true: what cannot be opened is moved aside and everything begins anew."""

    confirm: Literal[True]


class SettingsChange(Request):
    """Those that change; the others stay."""

    language: Literal["system", "en", "ru"] | UnsetType = UNSET
    theme: Literal["system", "light", "dark"] | UnsetType = UNSET
    auto_lock_minutes: Annotated[int, msgspec.Meta(ge=0, le=1_440)] | UnsetType = UNSET
    start_at_login: bool | UnsetType = UNSET
    default_lending: Literal["ask", "once", "hour"] | UnsetType = UNSET
    proxy: Line | UnsetType = UNSET


class TicketBody(Answer):
    """An address that signs one browser in, once."""

    ticket: str
    url: str
    expires_at: datetime


class NoFields(Request):
    """Nothing; an empty body or ``{}``."""


class PrintWish(Request):
    """Whose photos."""

    profile_id: Name


class SheetBody(Answer):
    """The contact sheet that the printing service made; ``url`` is its PNG."""

    id: str
    photos: int
    url: str
