"""What becomes of each account of a backup: values in, values out.

The rule that everything follows: what is here and newer stays. A provider that rotates refresh
tokens takes an old one for a stolen one and ends the whole permission, so an account's grant is
replaced only by one that was given later, and never by one that is used elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.backup.contents import BUILT_IN
from desktop_app.services.tokens.grant_validity import same_grant

Action = Literal["add", "replace", "keep", "leave"]
Reason = Literal[
    "new", "newer_in_backup", "same", "newer_here", "taken_back_here", "ended_here", "built_in"
]

_CLOCK_SLACK: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStep:
    """What becomes of one account of a backup.

    Attributes:
        profile: As it will be kept; where it stays as it is, the one in the backup.
        action: ``leave`` takes nothing of it.
    """

    profile: Profile
    action: Action
    reason: Reason

    @property
    def is_written(self) -> bool:
        """Whether anything of it is taken over."""
        return self.action in {"add", "replace"}


class AccountMerge:
    """Goes through the accounts of a backup in their order.

    Args:
        here: The accounts that are here.
        now: Seconds since the epoch.
        new_id: Makes an id that no account has.
        photos: The built-in photo service becomes the one of the backup.

    Attributes:
        steps: What becomes of each account so far.
        ids: Under which id each of them is here afterwards.
    """

    def __init__(
        self, here: Sequence[Profile], *, now: float, new_id: Callable[[], str], photos: bool
    ) -> None:
        self.steps: list[AccountStep] = []
        self.ids: dict[str, str] = {}
        self._here = here
        self._now = now
        self._new_id = new_id
        self._photos = photos
        self._taken = {each.id for each in here}
        self._issuers = {each.issuer for each in here if each.provider in BUILT_IN}

    @property
    def written(self) -> tuple[Profile, ...]:
        """Those that are taken over, as they will be kept."""
        return tuple(step.profile for step in self.steps if step.is_written)

    def take(self, profile: Profile) -> None:
        """Say what becomes of one more."""
        known = _known(self._here, profile)
        if self._belongs_elsewhere(profile):
            self.steps.append(AccountStep(profile=profile, action="leave", reason="built_in"))
        elif known is None:
            self._add(profile)
        elif known.id not in self.ids.values():
            self.steps.append(_met(known, profile, self._now))
            self.ids[profile.id] = known.id
        # Else it is twice in the backup: the first one counts.

    def _belongs_elsewhere(self, profile: Profile) -> bool:
        built_in = profile.provider in BUILT_IN
        return built_in and not self._photos and profile.issuer not in self._issuers

    def _add(self, profile: Profile) -> None:
        unique = replace(profile, id=self._new_id()) if profile.id in self._taken else profile
        self.steps.append(AccountStep(profile=unique, action="add", reason="new"))
        self.ids[profile.id] = unique.id
        self._taken.add(unique.id)


def _known(here: Sequence[Profile], profile: Profile) -> Profile | None:
    """Return the same account, if it is here: same issuer, same person, same place to renew at.

    A grant that goes elsewhere is another account, whatever it says that it is.
    """
    account = profile.issuer, profile.subject
    same = (each for each in here if (each.issuer, each.subject) == account)
    return next((each for each in same if _same_place(each, profile)), None)


def _same_place(one: Profile, other: Profile) -> bool:
    if one.grant is None or other.grant is None:
        return one.provider == other.provider
    places = ((each.token_endpoint, each.resources) for each in (one.grant, other.grant))
    return next(places) == next(places)


def _met(here: Profile, backup: Profile, now: float) -> AccountStep:
    """Say which of the two is kept where both are of one account."""
    if _is_newer(backup, here, now):
        kept = replace(
            backup, id=here.id, label=here.label or backup.label, created_at=here.created_at
        )
        return AccountStep(profile=kept, action="replace", reason="newer_in_backup")
    kept = replace(backup, id=here.id)
    return AccountStep(profile=kept, action="keep", reason=_why_kept(here, backup))


def _why_kept(here: Profile, backup: Profile) -> Reason:
    if here.status == "revoked":
        return "same" if backup.status == "revoked" else "taken_back_here"
    if here.status == "needs_sign_in":
        return "ended_here"
    both = backup.grant is not None and same_grant(here.grant, backup.grant)
    return "same" if both else "newer_here"


def _is_newer(backup: Profile, here: Profile, now: float) -> bool:
    if backup.status != "active" or backup.grant is None:
        return False
    # What the person took back comes back by another sign-in alone, not by a renewal elsewhere.
    taken_back = here.status == "revoked"
    given = (backup.grant.granted_at or 0.0) if taken_back else _given_at(backup.grant)
    # A time that is still to come says nothing: somebody's clock was wrong.
    return _since(here) < given <= now + _CLOCK_SLACK


def _since(here: Profile) -> float:
    given = _given_at(here.grant) if here.grant is not None else 0.0
    # An account that ended, or was taken back: that is what happened last.
    return given if here.status == "active" else max(given, here.updated_at)


def _given_at(grant: Grant) -> float:
    return max(grant.access_token_issued_at, grant.granted_at or 0.0)
