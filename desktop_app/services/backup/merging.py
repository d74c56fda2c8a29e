"""What of a backup is taken over, account by account: values in, values out.

The rule that everything follows: what is here and newer stays. A provider that rotates refresh
tokens takes an old one for a stolen one and ends the whole permission, so an account's grant is
replaced only by one that was given later, and never by one that is used elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from desktop_app.services.accounts import Grant, Picture, Profile
from desktop_app.services.backup.contents import (
    ACCOUNT_CHOICES,
    BUILT_IN,
    PHOTO_DOCUMENTS,
    Contents,
    Document,
)
from desktop_app.services.backup.provider_merging import merged_entries
from desktop_app.services.lending.loans import Loan
from desktop_app.services.tokens.grant_validity import same_grant

Action = Literal["add", "replace", "keep", "leave"]
Reason = Literal[
    "new", "newer_in_backup", "same", "newer_here", "taken_back_here", "ended_here", "built_in"
]

_CLOCK_SLACK: Final = 300.0
_MOST_CHOICES: Final = 1_000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What restoring does.

    Attributes:
        steps: One for each account of the backup, in its order.
        write: What is written, all of it or nothing.
        photos: The built-in photo service becomes the one of the backup.
    """

    steps: Sequence[AccountStep]
    write: Contents
    photos: bool = False

    @property
    def changed(self) -> Sequence[AccountStep]:
        """Those that are written."""
        return [step for step in self.steps if step.action in {"add", "replace"}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What merging has to know beside the contents.

    Attributes:
        now: Seconds since the epoch.
        new_id: Makes an id that no account has.
        is_preset: Whether a provider's entry ships with Coatcheck.
    """

    now: float
    new_id: Callable[[], str]
    is_preset: Callable[[str], bool]


def merge(here: Contents, backup: Contents, around: Surroundings) -> Plan:
    """Return what restoring *backup* into *here* does."""
    entries = merged_entries(here, backup, is_preset=around.is_preset)
    photos = _takes_photo_service(here, backup)
    moved = [replace(each, provider=entries.name_of(each.provider)) for each in backup.profiles]
    steps, ids = _account_steps(here, moved, around, photos=photos)
    written = tuple(step.profile for step in steps if step.action in {"add", "replace"})
    there = {each.id for each in (*here.profiles, *written)}
    ids = {old: new for old, new in ids.items() if new in there}
    documents = dict(_choices(here, backup, ids))
    if photos:
        documents |= {
            name: backup.documents[name] for name in PHOTO_DOCUMENTS if name in backup.documents
        }
    write = Contents(
        profiles=written,
        pictures=tuple(_pictures(here, backup, ids, {each.id for each in written})),
        providers=entries.providers,
        registrations=entries.registrations,
        denials=tuple(_denials(here, backup, ids, around)),
        documents=documents,
    )
    return Plan(steps=steps, write=write, photos=photos)


def _takes_photo_service(here: Contents, backup: Contents) -> bool:
    """Its accounts hang on its keys; where nobody uses the one here, it becomes the other."""
    used = any(each.provider in BUILT_IN for each in here.profiles)
    return not used and any(each.provider in BUILT_IN for each in backup.profiles)


def _account_steps(
    here: Contents, profiles: Sequence[Profile], around: Surroundings, *, photos: bool
) -> tuple[Sequence[AccountStep], Mapping[str, str]]:
    """Return the steps, and under which id each account of the backup is here afterwards."""
    taken = {each.id for each in here.profiles}
    issuers = {each.issuer for each in here.profiles if each.provider in BUILT_IN}
    steps: list[AccountStep] = []
    ids: dict[str, str] = {}
    for profile in profiles:
        known = _known(here.profiles, profile)
        if profile.provider in BUILT_IN and not photos and profile.issuer not in issuers:
            steps.append(AccountStep(profile=profile, action="leave", reason="built_in"))
            continue
        if known is not None and known.id in ids.values():
            # Twice in the backup: the first one counts.
            continue
        if known is not None:
            step = _met(known, profile, around.now)
        else:
            unique = profile if profile.id not in taken else replace(profile, id=around.new_id())
            step = AccountStep(profile=unique, action="add", reason="new")
        ids[profile.id] = step.profile.id if known is None else known.id
        taken.add(ids[profile.id])
        steps.append(step)
    return steps, ids


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


def _pictures(
    here: Contents, backup: Contents, ids: Mapping[str, str], written: set[str]
) -> list[Picture]:
    there = {each.profile_id for each in here.pictures}
    found = [
        replace(each, profile_id=ids[each.profile_id])
        for each in backup.pictures
        if ids.get(each.profile_id) in written
    ]
    return [each for each in found if each.profile_id not in there]


def _denials(
    here: Contents, backup: Contents, ids: Mapping[str, str], around: Surroundings
) -> list[Loan]:
    """Return who is kept away from what besides those of whom something is said here."""
    taken = {each.id for each in here.denials}
    kept: list[Loan] = []
    for loan in backup.denials:
        profile_id = ids.get(loan.profile_id)
        wanted = loan.decision == "deny" and loan.until is None
        if profile_id is None or not wanted or _is_said(here.denials, loan, profile_id):
            continue
        loan_id = around.new_id() if loan.id in taken else loan.id
        taken.add(loan_id)
        kept.append(replace(loan, id=loan_id, profile_id=profile_id))
    return kept


def _is_said(here: Sequence[Loan], loan: Loan, profile_id: str) -> bool:
    return any(
        each.profile_id == profile_id and each.program.is_same_place(loan.program) for each in here
    )


def _choices(
    here: Contents, backup: Contents, ids: Mapping[str, str]
) -> Sequence[tuple[str, Document]]:
    mine = dict(here.documents.get(ACCOUNT_CHOICES, {}))
    theirs = {
        key: {**each, "profile_id": ids[each["profile_id"]]}
        for key, each in backup.documents.get(ACCOUNT_CHOICES, {}).items()
        if _is_choice(each) and each["profile_id"] in ids and key not in mine
    }
    if not theirs:
        return ()
    return ((ACCOUNT_CHOICES, dict([*theirs.items(), *mine.items()][-_MOST_CHOICES:])),)


def _is_choice(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"place", "profile_id", "created_at"}
        and isinstance(value["place"], str)
        and isinstance(value["profile_id"], str)
        and isinstance(value["created_at"], int | float)
    )
