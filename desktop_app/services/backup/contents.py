"""What a backup holds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Picture, Profile
from desktop_app.services.lending.loans import Loan
from desktop_app.services.photos import PHOTOS, PHOTOS_OLDER
from desktop_app.services.providers.registered_client import RegisteredClient

Document = Mapping[str, Any]

ACCOUNT_CHOICES: Final = "account_choices"
"""The document in which is which account was picked for which place."""
LAST_BACKUP: Final = "backup"
"""The document that says when the last backup was made; no part of a backup itself."""
PHOTO_DOCUMENTS: Final = ("photos", "photos.client", "photos.grants", "photos.deleted")
"""The built-in photo service: its port, its keys, what it granted."""
BUILT_IN: Final = frozenset({PHOTOS, PHOTOS_OLDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything that a backup keeps of what lies sealed in a data folder.

    Attributes:
        denials: Programs that are kept away. What programs were allowed is no part of it: an
            allowance is bound to what lies at a place of one machine.
        documents: `ACCOUNT_CHOICES` and `PHOTO_DOCUMENTS` by name.
    """

    profiles: tuple[Profile, ...] = ()
    pictures: tuple[Picture, ...] = ()
    providers: tuple[Provider, ...] = ()
    registrations: tuple[RegisteredClient, ...] = ()
    denials: tuple[Loan, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict, repr=False)
