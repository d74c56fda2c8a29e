"""``/activity``: who took what, when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from desktop_app.services.lending.activity import ActivityFilter
from desktop_app.services.profiles.naming import display_name
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.web.pages.stage import ViewHandler
from desktop_app.web.views.activity import OUTCOMES, CheckView, check_view, days
from desktop_app.web.views.pictures import provider_name
from desktop_app.web.views.settings import OptionView

if TYPE_CHECKING:
    from desktop_app.services.lending.activity import ActivityService

_ALL = 10_000
_PAGE = 50
_EXPORTED_AT_ONCE = 1_000
_OFFSET = re.compile(r"[0-9]{1,9}")


class ActivityPageHandler(ViewHandler):
    """``GET``: one page of the log, newest first."""

    section = "activity"
    _activity: ActivityService
    _profiles: ProfileService
    _providers: ProviderService

    async def get(self) -> None:
        """Show what fits the filters; with ``check``, also whether the log was altered."""
        wanted, offset = self.wanted(), self._offset()
        entries, total = await self._activity.list(wanted, offset=offset, limit=_PAGE)
        await self.render(
            "activity.html",
            days=days(entries, self._names(), self.speech),
            check=await self._check(),
            wanted=wanted,
            query=urlencode(self._filled(wanted)),
            accounts=self._accounts(wanted.profile),
            outcomes=self._outcomes(wanted.outcome),
            offset=offset,
            older=offset + _PAGE if offset + _PAGE < total else 0,
            total=total,
        )

    def wanted(self) -> ActivityFilter:
        """Return the filter that the address holds."""
        return ActivityFilter(
            profile=self.get_query_argument("profile", ""),
            program=self.get_query_argument("program", ""),
            outcome=self.get_query_argument("outcome", ""),
        )

    def _offset(self) -> int:
        given = self.get_query_argument("offset", "0")
        return int(given) if _OFFSET.fullmatch(given) else 0

    @staticmethod
    def _filled(wanted: ActivityFilter) -> dict[str, str]:
        values = {
            "profile": wanted.profile,
            "program": wanted.program,
            "outcome": wanted.outcome,
        }
        return {name: value for name, value in values.items() if value}

    async def _check(self) -> CheckView | None:
        if not self.get_query_argument("check", ""):
            return None
        return check_view(await self._activity.verify(), self.speech)

    def _names(self) -> dict[str, str]:
        translate = self.locale.translate
        return {each.id: provider_name(each, translate) for each in self._providers.all()}

    def _accounts(self, wanted: str) -> list[OptionView]:
        profiles, _ = self._profiles.list(limit=_ALL)
        names, speech = self._names(), self.speech
        found = {
            each.id: speech.say(
                "{name} at {provider}",
                name=display_name(each),
                provider=names.get(each.provider, each.provider),
            )
            for each in profiles
        }
        if wanted:
            # A forgotten account is still in the log.
            found.setdefault(wanted, wanted)
        return [_option(value, label, wanted) for value, label in found.items()]

    def _outcomes(self, wanted: str) -> list[OptionView]:
        say = self.locale.translate
        return [_option(value, say(label), wanted) for value, label in OUTCOMES.items()]


def _option(value: str, label: str, wanted: str) -> OptionView:
    return OptionView(value=value, label=label, chosen=value == wanted)
