"""Backups of the accounts that the pages' tests show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop_app.services.backup.contents import Contents
from desktop_app.services.backup.making import BackupService
from desktop_app.services.backup.restoring import RestoreService
from desktop_app.services.events import EventBus
from desktop_app.services.lending.loans import Loan, Proof
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.settings import SettingsService
from tests.support import shipped
from tests.support.memory import QuickSealer, StandingPhotos
from tests.support.stand_ins import Documents, Shelf


class ShelvedContents:
    """`backup.ports.ContentsStore` of accounts alone."""

    def __init__(self, profiles: Shelf) -> None:
        self._profiles = profiles

    def read(self) -> Contents:
        return Contents(profiles=tuple(self._profiles.all()))

    def allowed(self) -> Sequence[Loan]:
        return ()

    async def write(self, contents: Contents) -> None:
        for profile in contents.profiles:
            await self._profiles.save(profile)


def page_backups(
    shelf: Shelf,
    profiles: ProfileService,
    settings: SettingsService,
    events: EventBus,
    clock: Callable[[], float],
) -> tuple[BackupService, RestoreService]:
    """Return what makes backups and what restores them."""
    store, sealer = ShelvedContents(shelf), QuickSealer()
    making = BackupService(
        store=store,
        documents=Documents(),  # type: ignore[arg-type]
        sealer=sealer,
        settings=settings,
        prove=_prove,
        clock=clock,
        random=lambda count: bytes(range(count)),
        made_by="Coatcheck of the tests",
    )
    restoring = RestoreService(
        store=store,
        sealer=sealer,
        profiles=profiles,
        settings=settings,
        is_preset=lambda name: shipped.catalogue().get(name) is not None,
        photos=StandingPhotos(),
        prove=_prove,
        clock=clock,
        random=lambda count: bytes(range(count)),
        publish=events.publish,
    )
    return making, restoring


async def _prove(_: Proof) -> None:
    """The person's own session needs no proof."""
