"""Times as people say them, in both languages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from desktop_app.web.views.speech import Speech
from tests.support import shipped

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 14, 13, 36, tzinfo=ZONE).timestamp()
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def speech(language: str = "en") -> Speech:
    locale = shipped.locales().choose(language)
    return Speech(translate=locale.translate, locale=Locale.parse(language), now=NOW, zone=ZONE)


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (29 * MINUTE, "14:05"),
        (DAY, "tomorrow, 13:36"),
        (2 * DAY, "Friday, 13:36"),
        (30 * DAY, "13 November"),
        (90 * DAY, "12 January 2027"),
        (-DAY, "yesterday, 13:36"),
        (-225 * DAY, "3 March"),
    ],
)
def test_a_time_is_said_the_way_people_say_it(later: float, said: str) -> None:
    assert speech().until(NOW + later) == said


@pytest.mark.parametrize(
    ("later", "said"),
    [(-4 * HOUR, "сегодня в 09:36"), (DAY, "завтра, 13:36"), (2 * DAY, "16 октября, 13:36")],
)
def test_russian_says_it_its_own_way(later: float, said: str) -> None:
    assert speech("ru").on(NOW + later) == said


def test_a_day_begins_at_midnight_where_the_person_is() -> None:
    assert speech().on(NOW + 10.5 * HOUR) == "tomorrow, 00:06"


def test_a_time_in_a_sentence_is_exact_on_hover() -> None:
    html = speech().timed("Renews itself, good until {time}", NOW + 29 * MINUTE)
    assert '<time datetime="2026-10-14T12:05:00+00:00"' in html
    assert "14 October 2026, 14:05:00" in html
    assert html.endswith(">14:05</time>")


def test_a_name_in_a_sentence_is_escaped() -> None:
    html = speech().seen("{provider} last answered {time}.", NOW, provider="<b>&")
    assert html.startswith("&lt;b&gt;&amp; last answered <time")


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 учётная запись"), (3, "3 учётные записи"), (11, "11 учётных записей")],
)
def test_numbers_take_the_right_form(number: int, said: str) -> None:
    assert speech("ru").count("{n} account", "{n} accounts", number) == said


def test_a_length_is_in_words() -> None:
    assert speech().length(3600) == "1 hour"
    assert speech("ru").length(300) == "5 минут"
