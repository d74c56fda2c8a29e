"""Writes down who took what, and shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.services import events
from desktop_app.services.accounts import Profile
from desktop_app.services.lending.activity_entries import ActivityEntry, LogReport
from desktop_app.services.ports import ActivityLog, Clock, Publish
from desktop_app.services.profiles.naming import display_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """Which entries; "" fits all.

    Attributes:
        profile: A profile's id.
        program: A part of a program's name or path, in any case.
        outcome: An outcome.
    """

    profile: str = ""
    program: str = ""
    outcome: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether everything fits."""
        return not (self.profile or self.program or self.outcome)

    def fits(self, entry: ActivityEntry) -> bool:
        """Tell whether *entry* is wanted."""
        if self.profile and entry.profile_id != self.profile:
            return False
        if self.outcome and entry.outcome != self.outcome:
            return False
        return not self.program or self._names_program(entry)

    def _names_program(self, entry: ActivityEntry) -> bool:
        if entry.program is None:
            return False
        wanted = self.program.casefold()
        return wanted in entry.program.name.casefold() or wanted in entry.program.path.casefold()


class ActivityService:
    """The activity log for the services and for those who read it."""

    def __init__(self, *, log: ActivityLog, clock: Clock, publish: Publish) -> None:
        self._log = log
        self._clock = clock
        self._publish = publish

    async def record(self, profile: Profile, **what: Any) -> ActivityEntry:
        """Write down *what* happened to *profile*; it is on the disk when this returns.

        Args:
            profile: The account that it is about.
            what: The other fields of the `ActivityEntry`.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: There is no room; then nothing may be lent.
        """
        entry = await self._log.append(
            ActivityEntry(
                at=self._clock(),
                profile_id=profile.id,
                account=display_name(profile),
                provider=profile.provider,
                **what,
            )
        )
        told = {"number": entry.number, "profile_id": profile.id, "outcome": entry.outcome}
        self._publish(events.ACTIVITY_ADDED, told)
        return entry

    async def list(
        self, wanted: ActivityFilter | None = None, *, offset: int = 0, limit: int = 50
    ) -> tuple[Sequence[ActivityEntry], int]:
        """Return one page of the entries that fit, newest first, and how many fit in all.

        Raises:
            LockedError: The vault is locked.
        """
        fits = None if wanted is None or wanted.is_empty else wanted.fits
        return await self._log.find(fits, offset=offset, limit=limit)

    async def verify(self) -> LogReport:
        """Look through the whole log for what is missing or altered.

        Raises:
            LockedError: The vault is locked.
        """
        return await self._log.verify()
