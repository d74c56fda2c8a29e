"""When a grant ends, whether Coatcheck can put that off, and when it should."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from desktop_app.services.accounts import Grant, Profile

Nearness = Literal["", "week", "day", "over"]
"""How near an end is that the person has to do something about."""

DAY: Final = 24 * 3600.0
WEEK: Final = 7 * DAY

# Most providers don't say how long a grant may lie unused; of those that do, few allow less.
_ASSUMED_IDLE: Final = WEEK
# A renewal when two thirds have passed leaves a third for outages and for a computer that is off.
_RENEWAL_PART: Final = 2 / 3
_SHORTEST_LIFE: Final = 15.0
# A shorter one is a session at the provider: it is kept up for a day after its last use.
_SESSION: Final = DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How long a grant lasts. Times are seconds since the epoch.

    Attributes:
        start: When the time that ends at ``at`` began.
        at: When it ends if it is left alone; None where nobody says.
        renews: True if renewing puts the end off, so that the person need not sign in again.
        renews_at: When it should be renewed ahead of its end; None if that is of no use.
    """

    start: float
    at: float | None = None
    renews: bool = False
    renews_at: float | None = None

    def nearness(self, now: float) -> Nearness:
        """Return whether the person has to do something, and how soon.

        What renews itself is worth a warning only if that keeps failing; what lasts for less
        than a day is never worth one; and of a few days half must be over first.
        """
        if self.at is None:
            return ""
        left = self.at - now
        if left <= 0:
            return "over"
        if self.at - self.start < DAY:
            return ""
        since = self.renews_at if self.renews and self.renews_at is not None else self.start
        if left > min(WEEK, (self.at - since) / 2):
            return ""
        return "day" if left <= DAY else "week"


def ending_of(profile: Profile) -> Ending:
    """Return how long the grant of *profile* lasts, as far as anybody has said."""
    grant = profile.grant
    if grant is None:
        return Ending(start=profile.created_at)
    signed_in = profile.created_at if grant.granted_at is None else grant.granted_at
    if not grant.refresh_token:
        return Ending(start=grant.access_token_issued_at, at=grant.access_token_expires_at)
    renews_at = _renews_at(grant)
    if grant.refresh_token_end_fixed and grant.refresh_token_expires_at is not None:
        return Ending(start=signed_in, at=grant.refresh_token_expires_at, renews_at=renews_at)
    return Ending(
        start=grant.access_token_issued_at,
        at=_movable_end(grant),
        renews=True,
        renews_at=renews_at,
    )


def is_session(grant: Grant) -> bool:
    """Tell whether the provider lets *grant* lie unused for less than a day."""
    end = _movable_end(grant)
    return end is not None and end - grant.access_token_issued_at < _SESSION


def _movable_end(grant: Grant) -> float | None:
    """Return the first end that a renewal puts off."""
    ends = []
    if grant.refresh_token_expires_at is not None and not grant.refresh_token_end_fixed:
        ends.append(grant.refresh_token_expires_at)
    if grant.token_rules.refresh_idle is not None:
        ends.append(grant.access_token_issued_at + grant.token_rules.refresh_idle)
    return min(ends, default=None)


def _renews_at(grant: Grant) -> float | None:
    issued, end = grant.access_token_issued_at, _movable_end(grant)
    fixed_end = grant.refresh_token_expires_at if grant.refresh_token_end_fixed else None
    if fixed_end is not None and (end is None or end >= fixed_end):
        return None
    life = _ASSUMED_IDLE if end is None else end - issued
    return issued + _RENEWAL_PART * life if life >= _SHORTEST_LIFE else None
