"""What of a backup is taken over: values in, values out.

Accounts are looked at one by one in `account_merging`, providers in `provider_merging`, and what
hangs on accounts in `belonging_merging`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop_app.services.backup.account_merging import AccountMerge, AccountStep
from desktop_app.services.backup.belonging_merging import choices, denials, pictures
from desktop_app.services.backup.contents import BUILT_IN, PHOTO_DOCUMENTS, Contents, Document
from desktop_app.services.backup.provider_merging import merged_entries
from desktop_app.services.lending.loans import Loan


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
        return [step for step in self.steps if step.is_written]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What merging has to know beside the contents.

    Attributes:
        now: Seconds since the epoch.
        new_id: Makes an id that no account has.
        is_preset: Whether a provider's entry ships with Coatcheck.
        allowed: What programs are allowed here.
    """

    now: float
    new_id: Callable[[], str]
    is_preset: Callable[[str], bool]
    allowed: Sequence[Loan] = ()


def merge(here: Contents, backup: Contents, around: Surroundings) -> Plan:
    """Return what restoring *backup* into *here* does."""
    entries = merged_entries(here, backup, is_preset=around.is_preset)
    photos = _takes_photo_service(here, backup)
    accounts = AccountMerge(here.profiles, now=around.now, new_id=around.new_id, photos=photos)
    for profile in backup.profiles:
        accounts.take(replace(profile, provider=entries.name_of(profile.provider)))
    said = (*here.denials, *around.allowed)
    write = Contents(
        profiles=accounts.written,
        pictures=pictures(here, backup, accounts),
        providers=entries.providers,
        registrations=entries.registrations,
        denials=denials(said, backup.denials, accounts.ids, around.new_id),
        documents=_documents(here, backup, accounts.ids, photos=photos),
    )
    return Plan(steps=accounts.steps, write=write, photos=photos)


def _takes_photo_service(here: Contents, backup: Contents) -> bool:
    """Its accounts hang on its keys; where nobody uses the one here, it becomes the other."""
    used = any(each.provider in BUILT_IN for each in here.profiles)
    return not used and any(each.provider in BUILT_IN for each in backup.profiles)


def _documents(
    here: Contents, backup: Contents, ids: Mapping[str, str], *, photos: bool
) -> Mapping[str, Document]:
    kept = PHOTO_DOCUMENTS if photos else ()
    service = {name: backup.documents[name] for name in kept if name in backup.documents}
    return choices(here, backup, ids) | service
