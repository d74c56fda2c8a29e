"""``/activity``: who took what, when; as a page and as a file."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

import msgspec

from desktop_app.services.lending.activity import ActivityFilter
from desktop_app.services.lending.activity_entries import ActivityEntry
from desktop_app.services.profiles.naming import display_name
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.v1_0.schemas.activity import activity_body
from desktop_app.web.pages.stage import ViewHandler
from desktop_app.web.views.activity import OUTCOMES, CheckView, check_view, days
from desktop_app.web.views.activity_export import csv_head, csv_rows
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


class ActivityExportHandler(ActivityPageHandler):
    """``GET``: everything that fits, as a file that the person keeps."""

    _TYPES: ClassVar = {"csv": "text/csv; charset=utf-8", "json": "application/json"}

    async def get(self, form: str = "csv") -> None:
        """Answer the file, a piece at a time: a log may be longer than the memory's worth."""
        day = datetime.fromtimestamp(self._stage.clock(), self._stage.zone or UTC).date()
        name = f"coatcheck-activity-{day}.{form}"
        self.set_header("Content-Type", self._TYPES[form])
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        write = self._write_csv if form == "csv" else self._write_json
        await write()

    async def _write_csv(self) -> None:
        self.write(csv_head())
        async for entries in self._pieces():
            self.write(csv_rows(entries))
            await self.flush()

    async def _write_json(self) -> None:
        self.write('{"activity": [')
        count = 0
        async for entries in self._pieces():
            for entry in entries:
                self.write(",\n" if count else "\n")
                self.write(msgspec.json.encode(activity_body(entry), enc_hook=str))
                count += 1
            await self.flush()
        self.write(f'],\n"total": {count}}}\n')

    async def _pieces(self) -> AsyncIterator[Sequence[ActivityEntry]]:
        wanted, offset, last = self.wanted(), 0, 0
        while True:
            found, _ = await self._activity.list(wanted, offset=offset, limit=_EXPORTED_AT_ONCE)
            if not found:
                return
            # What is written meanwhile moves the rest on; nothing is to stand there twice.
            yield [entry for entry in found if not last or entry.number < last]
            last, offset = found[-1].number, offset + len(found)


def _option(value: str, label: str, wanted: str) -> OptionView:
    return OptionView(value=value, label=label, chosen=value == wanted)
