"""``/settings``, ``/unlock`` and ``/signed-out``."""

from __future__ import annotations

import json
from html import escape
from typing import ClassVar

from desktop_app import __version__
from desktop_app.services.backup.making import BackupService
from desktop_app.services.keeping import Vault
from desktop_app.services.locking.lock import LockService
from desktop_app.services.settings import SettingsService
from desktop_app.web.errors import translated
from desktop_app.web.pages.base import PageHandler
from desktop_app.web.pages.stage import ViewHandler
from desktop_app.web.views.keys import keys_view
from desktop_app.web.views.settings import settings_view


class SettingsPageHandler(ViewHandler):
    """``GET``: language, look, keys, and how the program behaves."""

    section = "settings"
    _settings: SettingsService
    _keys: Vault
    _backups: BackupService

    async def get(self) -> None:
        """Show the settings."""
        speech, info = self.speech, self._keys.info()
        await self.render(
            "settings.html",
            view=settings_view(self._settings.get(), speech),
            keys=keys_view(info, speech),
            passphrase_body=json.dumps({"keyring": info.keyring}),
            no_passphrase_body=json.dumps({"keyring": info.keyring, "passphrase": None}),
            last_backup=self._last_backup(),
            version=__version__,
        )

    def _last_backup(self) -> str:
        """Return safe HTML: when the last backup was made."""
        made_at = self._backups.last_made_at
        if made_at is None:
            return escape(
                self.speech.say("There is none yet. A lost disk would take your accounts along.")
            )
        return self.speech.seen("The last one: {time}.", made_at)


class UnlockHandler(ViewHandler):
    """``GET``: unlock, or choose a passphrase where there is no key yet."""

    while_locked: ClassVar[bool] = True
    _keys: Vault
    _lock: LockService

    async def get(self) -> None:
        """Show the way in, or why there is none; go in if it is open."""
        if self._keys.state == "unlocked":
            self.redirect(self.reverse_url("accounts"))
        elif self._lock.problem is not None and not self.get_query_argument("again", ""):
            message = translated(self._lock.problem, self.locale)
            await self.render("unopened.html", message=message)
        else:
            await self.render("unlock.html", keys=keys_view(self._keys.info(), self.speech))


class SignedOutHandler(PageHandler):
    """``GET``: where a stranger ends up; it tells nothing but how to come in."""

    public: ClassVar[bool] = True
    while_locked: ClassVar[bool] = True
    navigable: ClassVar[bool] = True

    async def get(self) -> None:
        """Show it."""
        await self.render("signed_out.html")
