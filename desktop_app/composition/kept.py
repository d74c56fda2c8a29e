"""What lies in the data folder: the vault, the sealed store and what is kept beside them."""

from __future__ import annotations

import secrets
from functools import cached_property

from desktop_app.paths import DataFolder
from desktop_app.store.activity import ActivityLog
from desktop_app.store.database import Database
from desktop_app.store.documents import DocumentStore
from desktop_app.store.pictures import PictureStore
from desktop_app.store.preferences import Preferences
from desktop_app.store.profiles import ProfileStore
from desktop_app.store.programs import LoanStore
from desktop_app.store.providers import ProviderStore
from desktop_app.store.registrations import RegistrationStore
from desktop_app.vault.keyring import SystemKeyring
from desktop_app.vault.vault import Vault


class Kept:
    """Everything that reads and writes *folder*, made when first asked for."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    @cached_property
    def vault(self) -> Vault:
        """Keeps the data key."""
        return Vault(self._folder.vault_json, keyring=SystemKeyring(), random=secrets.token_bytes)

    @cached_property
    def database(self) -> Database:
        """The sealed store."""
        return Database(self._folder.profiles_db, key=lambda: self.vault.key)

    @cached_property
    def preferences(self) -> Preferences:
        """What is needed before unlocking."""
        return Preferences(self._folder.preferences_json)

    @cached_property
    def documents(self) -> DocumentStore:
        """Single documents by name."""
        return DocumentStore(self.database)

    @cached_property
    def profiles(self) -> ProfileStore:
        """The accounts."""
        return ProfileStore(self.database)

    @cached_property
    def pictures(self) -> PictureStore:
        """Their pictures."""
        return PictureStore(self.database)

    @cached_property
    def loans(self) -> LoanStore:
        """Who may borrow what."""
        return LoanStore(self.database)

    @cached_property
    def activity(self) -> ActivityLog:
        """Who took what."""
        return ActivityLog(
            self._folder.activity_log, key=lambda: self.vault.key, documents=self.documents
        )

    @cached_property
    def providers(self) -> ProviderStore:
        """What the person entered of providers."""
        return ProviderStore(self.database)

    @cached_property
    def registrations(self) -> RegistrationStore:
        """Clients that Coatcheck registered for itself."""
        return RegistrationStore(self.database)


async def check_keyring() -> None:
    """Ask the system keyring whether it works, within seconds.

    Raises:
        KeyringUnavailableError: It does not; the error says why.
    """
    await SystemKeyring().check()
