"""Which account the person picked for which place; kept until they take it back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from desktop_app.errors import NotFoundError
from desktop_app.services import events
from desktop_app.services.lending.askers import readable
from desktop_app.services.ports import Clock, DocumentStore, Publish

_DOCUMENT: Final = "account_choices"
_MOST: Final = 1_000
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedChoice:
    """An account that programs may take for a place without asking which one is meant.

    Attributes:
        place: Such as a repository's address, as far as it can be shown.
        created_at: Seconds since the epoch.
    """

    id: str
    place: str
    profile_id: str
    created_at: float


class RememberedChoices:
    """Keeps what was picked in the sealed store; beyond a thousand the oldest goes."""

    def __init__(self, *, documents: DocumentStore, clock: Clock, publish: Publish) -> None:
        self._documents = documents
        self._clock = clock
        self._publish = publish
        self._writing = asyncio.Lock()

    def find(self, place: str) -> str | None:
        """Return the id of the account that was picked for *place*, if one was.

        Raises:
            LockedError: The vault is locked.
        """
        found = self._kept().get(_key(place))
        return found["profile_id"] if found is not None else None

    def all(self) -> Sequence[RememberedChoice]:
        """Return everything that is remembered, the newest first.

        Raises:
            LockedError: The vault is locked.
        """
        found = [RememberedChoice(id=key, **values) for key, values in self._kept().items()]
        return found[::-1]

    async def keep(self, place: str, profile_id: str) -> None:
        """Remember the account for *place*; durable when it returns.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: There is no room.
        """
        async with self._writing:
            kept = self._kept()
            kept.pop(_key(place), None)
            kept[_key(place)] = {
                "place": readable(place)[:_LONGEST],
                "profile_id": profile_id,
                "created_at": self._clock(),
            }
            await self._documents.save(_DOCUMENT, dict(list(kept.items())[-_MOST:]))
        self._tell(profile_id)

    async def forget(self, choice_id: str) -> None:
        """Forget one, so that the person is asked again.

        Raises:
            NotFoundError: There is none.
            LockedError: The vault is locked.
        """
        async with self._writing:
            kept = self._kept()
            found = kept.pop(choice_id, None)
            if found is None:
                raise NotFoundError
            await self._documents.save(_DOCUMENT, kept)
        self._tell(found["profile_id"])

    async def tidy(self, there: Collection[str]) -> None:
        """Forget what was picked of accounts that are not among those *there*.

        Raises:
            LockedError: The vault is locked.
            DiskFullError: There is no room.
        """
        async with self._writing:
            kept = self._kept()
            wanted = {key: each for key, each in kept.items() if each["profile_id"] in there}
            if len(wanted) < len(kept):
                await self._documents.save(_DOCUMENT, wanted)

    def _kept(self) -> dict[str, Mapping[str, Any]]:
        kept = self._documents.get(_DOCUMENT) or {}
        # Before places could be shown, an entry was no more than an account; it is asked anew.
        return {key: values for key, values in kept.items() if isinstance(values, dict)}

    def _tell(self, profile_id: str) -> None:
        self._publish(events.PROGRAMS_CHANGED, {"profile_id": profile_id})


def _key(place: str) -> str:
    """A name of one length, whatever an address is like."""
    return hashlib.sha256(place.encode()).hexdigest()
