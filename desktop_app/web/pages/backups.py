"""``/restore`` and the file of a backup that was just made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from desktop_app.services.backup.backup_errors import BackupGoneError
from desktop_app.services.backup.restoring import MOST_SEALED
from desktop_app.services.providers.providers import ProviderService
from desktop_app.web.backup_file import write_backup
from desktop_app.web.pages.base import PageHandler
from desktop_app.web.pages.stage import ViewHandler
from desktop_app.web.views.backups import restoration_view

if TYPE_CHECKING:
    from desktop_app.services.backup.making import BackupService
    from desktop_app.services.backup.restoring import RestoreService


class BackupFileHandler(PageHandler):
    """``GET``: a backup that was made a moment ago, as a file that the person keeps."""

    person_only: ClassVar[bool] = True

    def initialize(self, backups: BackupService) -> None:
        """Take what makes backups."""
        self._backups = backups

    async def get(self, backup_id: str) -> None:
        """Answer the file."""
        write_backup(self, await self._backups.fetch(backup_id))


class RestorePageHandler(ViewHandler):
    """``GET``: choose a backup and give its passphrase."""

    section = "settings"

    async def get(self) -> None:
        """Show the form."""
        gone = bool(self.get_query_argument("gone", ""))
        await self.render("restore.html", gone=gone, most=MOST_SEALED)


class RestorationPageHandler(ViewHandler):
    """``GET``: what is in an opened backup, and what restoring it would do."""

    section = "settings"
    _restores: RestoreService
    _providers: ProviderService

    async def get(self, backup_id: str) -> None:
        """Show it, or begin anew where it was opened too long ago."""
        try:
            found = await self._restores.look(backup_id)
        except BackupGoneError:
            self.redirect(f"{self.reverse_url('restore')}?gone=1")
            return
        providers = {each.id: each for each in self._providers.all()}
        view = restoration_view(found, providers, self.speech)
        await self.render("restoration.html", view=view, body=json.dumps({"id": found.id}))
