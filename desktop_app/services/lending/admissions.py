"""That somebody may have something now, and how the person said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.services.accounts import Profile
from desktop_app.services.lending.loans import Decision, Loan


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Somebody may have something now.

    Attributes:
        decision: What of the person's says so; None for their own session.
        loan: The loan of a single token, which is used up by this.
        exact: The person was told that nothing beyond *scopes* is given.
    """

    scopes: tuple[str, ...]
    exact: bool = False
    decision: Decision | None = None
    loan: Loan | None = None


def is_less(scopes: Sequence[str], profile: Profile) -> bool:
    """Tell whether *scopes* are fewer than *profile* was granted."""
    granted = profile.grant.scopes_granted if profile.grant else ()
    return set(scopes) < set(granted)
