"""``/activity.csv`` and ``/activity.json``: what the person keeps of the log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import msgspec

from desktop_app.services.lending.activity_entries import ActivityEntry
from desktop_app.web.pages.activity import ActivityPageHandler
from desktop_app.web.views.activity_export import csv_head, csv_rows

ActivityBody = Callable[[ActivityEntry], msgspec.Struct]

_EXPORTED_AT_ONCE = 1_000


class ActivityExportHandler(ActivityPageHandler):
    """``GET``: everything that fits, as a file that the person keeps."""

    _activity_body: ActivityBody
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
                self.write(msgspec.json.encode(self._activity_body(entry), enc_hook=str))
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
