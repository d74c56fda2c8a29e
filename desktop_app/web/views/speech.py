"""How pages speak: translated sentences, and times as people say them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from html import escape

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta

Translate = Callable[..., str]
"""``locale.translate``: a msgid, or a msgid, its plural and a number."""

_WEEK = 7


def msgid(text: str) -> str:
    """Mark *text* as a sentence to translate where it is only shown later."""
    return text


_NEAR_DAYS = {0: msgid("Today"), -1: msgid("Yesterday")}
_NEAR = {
    0: msgid("today, {time}"),
    1: msgid("tomorrow, {time}"),
    -1: msgid("yesterday, {time}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Sentences and times in one language, at one moment.

    Attributes:
        translate: Gives the translation of a msgid.
        locale: For dates and numbers.
        now: Seconds since the epoch; "today" is counted from it.
        zone: None is the computer's own time zone.
    """

    translate: Translate
    locale: Locale
    now: float
    zone: tzinfo | None = None

    def say(self, msgid: str, **fields: object) -> str:
        """Return the translation of *msgid* with its places filled."""
        return self.translate(msgid).format(**fields)

    def count(self, one: str, many: str, number: int, **fields: object) -> str:
        """Return the form of *one* and *many* that fits *number*, its places filled."""
        return self.translate(one, many, number).format(n=number, **fields)

    def timed(self, msgid: str, moment: float, **fields: object) -> str:
        """Return safe HTML: *msgid* with ``{time}`` as a ``<time>`` that is exact on hover."""
        sentence = escape(self.translate(msgid))
        safe = {name: escape(str(value)) for name, value in fields.items()}
        return sentence.format(time=self._element(moment, self.until(moment)), **safe)

    def seen(self, msgid: str, moment: float, **fields: object) -> str:
        """Like ``timed`` for what has been: "today, 09:12" instead of the bare time."""
        sentence = escape(self.translate(msgid))
        safe = {name: escape(str(value)) for name, value in fields.items()}
        return sentence.format(time=self._element(moment, self.on(moment)), **safe)

    def due(self, msgid: str, moment: float, **fields: object) -> str:
        """Like ``timed`` for what a person has to do by then: "Friday" is near enough."""
        sentence = escape(self.translate(msgid))
        safe = {name: escape(str(value)) for name, value in fields.items()}
        return sentence.format(time=self._element(moment, self.by(moment)), **safe)

    def stamp(self, moment: float) -> str:
        """Return safe HTML: when *moment* was, alone."""
        return self._element(moment, self.on(moment))

    def clock_stamp(self, moment: float) -> str:
        """Return safe HTML: the time of day alone, where the day stands above it."""
        return self._element(moment, self.clock(moment))

    def near_day(self, moment: float) -> str:
        """Return the day as a heading: "Today", "Yesterday", "14 October"."""
        near = _NEAR_DAYS.get(self._days(moment))
        return self.translate(near) if near else self.day(moment)

    def until(self, moment: float) -> str:
        """Return when *moment* is, short: "14:05", "tomorrow, 14:05", "14 October"."""
        if self._days(moment) == 0:
            return self.clock(moment)
        return self.on(moment)

    def on(self, moment: float) -> str:
        """Return when *moment* is: "today, 14:05", "Friday, 14:05", "14 October"."""
        days = self._days(moment)
        if days in _NEAR:
            return self.translate(_NEAR[days]).format(time=self.clock(moment))
        if 0 < days < _WEEK:
            return format_datetime(self._local(moment), self._pattern_week(), locale=self.locale)
        return self.day(moment)

    def by(self, moment: float) -> str:
        """Return a deadline: "today, 14:05", "tomorrow, 14:05", "Friday", "14 October"."""
        days = self._days(moment)
        if not 1 < days < _WEEK:
            return self.on(moment)
        return format_datetime(self._local(moment), self.translate("EEEE"), locale=self.locale)

    def is_today(self, moment: float) -> bool:
        """Tell whether *moment* is on this day, where the person is."""
        return self._days(moment) == 0

    def day(self, moment: float) -> str:
        """Return the date alone: "14 October", with the year if it is another one."""
        same_year = self._local(moment).year == self._local(self.now).year
        pattern = self._pattern_day() if same_year else self._pattern_year()
        return format_date(self._local(moment), pattern, locale=self.locale)

    def month(self, moment: float) -> str:
        """Return the month in short, "Oct"."""
        return format_date(self._local(moment), "LLL", locale=self.locale).rstrip(".")

    def day_of_month(self, moment: float) -> str:
        """Return the day's number, "14"."""
        return format_date(self._local(moment), "d", locale=self.locale)

    def clock(self, moment: float) -> str:
        """Return the time of day, "14:05"."""
        return format_time(self._local(moment), "HH:mm", locale=self.locale)

    def exact(self, moment: float) -> str:
        """Return date, time and zone to the second, for hovering."""
        return format_datetime(self._local(moment), "d MMMM y, HH:mm:ss ZZZZ", locale=self.locale)

    def length(self, seconds: float) -> str:
        """Return how long that is in words, "1 hour"."""
        return format_timedelta(timedelta(seconds=seconds), threshold=0.98, locale=self.locale)

    def _element(self, moment: float, words: str) -> str:
        machine = datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
        title = escape(self.exact(moment))
        return f'<time datetime="{machine}" title="{title}">{escape(words)}</time>'

    def _local(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, UTC).astimezone(self.zone)

    def _days(self, moment: float) -> int:
        return (self._local(moment).date() - self._local(self.now).date()).days

    # Patterns of Unicode's date formats: a language says weekdays and months its own way.
    def _pattern_week(self) -> str:
        return self.translate("EEEE, HH:mm")

    def _pattern_day(self) -> str:
        return self.translate("d MMMM")

    def _pattern_year(self) -> str:
        return self.translate("d MMMM y")
