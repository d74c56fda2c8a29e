"""Profiles with their grants, sealed."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.services.accounts import Profile
from desktop_app.store.collection import Collection
from desktop_app.store.database import Database


class ProfileStore:
    """Implements ``services.ports.ProfileStore``; every method raises ``LockedError``."""

    def __init__(self, database: Database) -> None:
        self._by_account: dict[tuple[str, str], str] = {}
        self._accounts: dict[str, tuple[str, str]] = {}
        self._profiles = Collection(
            database, "profiles", Profile, changed=self._index, reset=self._reset
        )

    def get(self, profile_id: str) -> Profile | None:
        """Return one profile, or None."""
        return self._profiles.get(profile_id)

    def find(self, issuer: str, subject: str) -> Profile | None:
        """Return the profile of an account, or None; a dictionary lookup."""
        return self._profiles.get(self._by_account.get((issuer, subject), ""))

    def all(self) -> Sequence[Profile]:
        """Return all profiles."""
        return self._profiles.all()

    async def save(self, profile: Profile) -> None:
        """Insert or replace a profile; on the disk when it returns."""
        await self._profiles.save(profile.id, profile)

    async def delete(self, profile_id: str) -> None:
        """Forget a profile; on the disk when it returns."""
        await self._profiles.delete(profile_id)

    def _index(self, profile_id: str, profile: Profile | None) -> None:
        before = self._accounts.pop(profile_id, None)
        if before is not None and self._by_account.get(before) == profile_id:
            del self._by_account[before]
        if profile is not None:
            account = profile.issuer, profile.subject
            self._accounts[profile_id] = account
            self._by_account[account] = profile_id

    def _reset(self) -> None:
        self._accounts.clear()
        self._by_account.clear()
