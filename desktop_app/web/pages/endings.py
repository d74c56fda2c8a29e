"""``/calendar`` and ``/take-back``: what ends by itself, and what the person ends."""

from __future__ import annotations

from functools import partial

from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Profile
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.tokens.revocation_rounds import RevocationRounds
from desktop_app.services.upkeep.expirations import Expirations
from desktop_app.web.errors import translated
from desktop_app.web.pages.stage import ViewHandler
from desktop_app.web.views.calendar import agenda
from desktop_app.web.views.revoking import RevokingView, RevokingViews


class _EndingHandler(ViewHandler):
    _profiles: ProfileService
    _providers: ProviderService

    def _providers_by_id(self) -> dict[str, Provider]:
        return {provider.id: provider for provider in self._providers.all()}


class CalendarHandler(_EndingHandler):
    """``GET``: which accounts end when, and which renew themselves."""

    section = "accounts"
    _expirations: Expirations

    async def get(self) -> None:
        """Show the calendar."""
        source = self.picture_source(self._profiles.picture)
        found = self._expirations.list()
        groups = agenda(found, self._providers_by_id(), source, self.speech)
        await self.render("calendar.html", groups=groups)


class RevokingHandler(_EndingHandler):
    """``GET``: what taking everything back would do, how far it is, and what came of it."""

    section = "settings"
    _rounds: RevocationRounds

    async def get(self) -> None:
        """Show the accounts, each with its proof as soon as there is one."""
        await self.render("revoking.html", view=self._view())

    def _view(self) -> RevokingView:
        views, left = self._views(), self._rounds.candidates()
        if not self._rounds.steps:
            return views.before(left)
        steps, running = self._rounds.steps, self._rounds.running
        return views.during(steps, running=running, left=len(left))

    def _views(self) -> RevokingViews:
        profiles: dict[str, Profile] = {each.id: each for each in self._profiles.all()}
        return RevokingViews(
            profiles=profiles,
            providers=self._providers_by_id(),
            source=self.picture_source(self._profiles.picture),
            explain=partial(translated, locale=self.locale),
            speech=self.speech,
        )
