"""The calendar: which accounts end when, and which renew themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.services.accounts import Profile
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.upkeep.endings import Ending, Nearness, ending_of

_NEVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiration:
    """How long one account lasts.

    Attributes:
        nearness: What the person has to know of it now; ``over`` also where the provider has
            ended it before its time.
    """

    profile: Profile
    ending: Ending
    nearness: Nearness

    @property
    def needs_person(self) -> bool:
        """Whether the person will have to sign in again, sooner or later."""
        return bool(self.nearness) or (self.ending.at is not None and not self.ending.renews)


class Expirations:
    """Tells of every account but those that were taken back how long it lasts."""

    def __init__(self, *, profiles: ProfileService, clock: Clock) -> None:
        self._profiles = profiles
        self._clock = clock

    def list(self) -> Sequence[Expiration]:
        """Return all of them: those that need the person, then those that renew themselves.

        Each part is in the order of what happens first; what has no end comes last.

        Raises:
            LockedError: If the vault is locked.
        """
        profiles = (each for each in self._profiles.all() if each.status != "revoked")
        return sorted((self._of(each) for each in profiles), key=_order)

    def _of(self, profile: Profile) -> Expiration:
        ending = ending_of(profile)
        over = profile.status != "active" or profile.grant is None
        nearness = "over" if over else ending.nearness(self._clock())
        return Expiration(profile=profile, ending=ending, nearness=nearness)


def _order(expiration: Expiration) -> tuple[bool, bool, bool, float, str]:
    ending = expiration.ending
    first = ending.at if expiration.needs_person else ending.renews_at
    return (
        not expiration.needs_person,
        expiration.nearness != "over",
        not ending.renews,
        _NEVER if first is None else first,
        expiration.profile.id,
    )
