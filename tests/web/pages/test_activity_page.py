"""``/activity``: the log in sentences, and as a file."""

from __future__ import annotations

import csv
import io
import json

import pytest

from desktop_app.services.lending.activity_entries import LogProblem
from tests.support.lent import entry
from tests.support.pages import Pages
from tests.web.pages.conftest import Visitor
from tests.web.pages.test_lending_pages import text_of


def test_the_log_says_who_took_what_when_and_from_which_process(person: Visitor) -> None:
    text = text_of(person.get("/activity").text)
    assert text.index("Today") < text.index("git used Sample Coder at GitHub")
    assert text.index("git used Sample Coder") < text.index("Yesterday")
    assert "13:32 Program /usr/bin/git Process 4812" in text
    assert "Started by gnome-terminal → zsh → git" in text
    assert "photo-bot was kept away from Anna Albers at Photos" in text
    assert "Reason provider_unreachable" in text


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("program=mbs", "mbsync used", "git used"),
        ("profile=sample", "mbsync used", "git used"),
        ("outcome=denied", "photo-bot was kept away", "git used"),
        ("program=nobody", "Nothing fits that.", "git used"),
    ],
)
def test_filters_leave_what_fits(person: Visitor, query: str, there: str, not_there: str) -> None:
    text = text_of(person.get(f"/activity?{query}").text)
    assert there in text
    assert not_there not in text


def test_an_empty_log_says_what_will_stand_there(person: Visitor, pages: Pages) -> None:
    pages.log.entries.clear()
    assert "Nothing was borrowed yet." in text_of(person.get("/activity").text)


def test_a_long_log_has_pages_that_keep_the_filter(person: Visitor, pages: Pages) -> None:
    pages.log.entries[:] = [entry(number=number) for number in range(1, 121)]
    first = person.get("/activity?program=git").text
    assert 'href="/activity?offset=50&amp;program=git"' in first
    last = person.get("/activity?program=git&offset=100").text
    assert last.count('class="entry"') == 20
    assert "Older" not in last
    assert 'href="/activity?program=git"' in last


def test_an_unaltered_log_is_said_to_be_so(person: Visitor) -> None:
    text = text_of(person.get("/activity?check=yes").text)
    assert "Nothing was altered All 9 entries are as they were written" in text


def test_an_altered_log_is_said_to_be_so_and_where(person: Visitor, pages: Pages) -> None:
    pages.log.problem = LogProblem(kind="altered", file="activity.log", line=7, entry=6)
    text = text_of(person.get("/activity?check=yes").text)
    assert "The log is not as it was written Line 7 of activity.log was altered." in text


def test_the_csv_file_has_everything_that_fits_and_no_formula(
    person: Visitor, pages: Pages
) -> None:
    page = person.get("/activity.csv")
    rows = list(csv.DictReader(io.StringIO(page.text, newline="")))
    name = page.headers["Content-Disposition"]
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert name == 'attachment; filename="coatcheck-activity-2026-10-14.csv"'
    assert len(rows) == len(pages.log.entries)
    bot = next(row for row in rows if row["program"] == "photo-bot")
    assert bot["says"] == "'=cmd|' /C calc'!A0"
    assert bot["started_by"] == "zsh < gnome-terminal < systemd"
    filtered = person.get("/activity.csv?program=photo-bot").text
    assert len(list(csv.DictReader(io.StringIO(filtered)))) == 1


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "\t", "\r", "\n"])  # noqa: RUF001
def test_no_beginning_of_a_formula_gets_into_the_csv_file(
    person: Visitor, pages: Pages, begin: str
) -> None:
    pages.log.entries[:] = [entry(number=1, account=f'{begin}1,"2"', target=f"{begin}a")]
    text = person.get("/activity.csv").text
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["account"] == f'\'{begin}1,"2"'
    assert row["target"] == f"'{begin}a"


def test_the_json_file_has_what_the_api_answers(person: Visitor, pages: Pages) -> None:
    page = person.get("/activity.json?program=git")
    told = json.loads(page.body)
    assert page.headers["Content-Type"] == "application/json"
    assert told["total"] == len(told["activity"])
    assert {each["program"]["name"] for each in told["activity"]} == {"git"}
    assert told["activity"][0]["outcome"] == "given"


def test_a_file_of_more_than_one_piece_has_each_entry_once(person: Visitor, pages: Pages) -> None:
    pages.log.entries[:] = [entry(number=number) for number in range(1, 2_502)]
    told = json.loads(person.get("/activity.json").body)
    assert [each["id"] for each in told["activity"]] == [*range(2_501, 0, -1)]


@pytest.mark.parametrize("path", ["/activity.csv", "/activity.json"])
def test_strangers_and_foreign_pages_get_no_file(
    person: Visitor, stranger: Visitor, path: str
) -> None:
    assert stranger.get(path).headers["Location"].startswith("/signed-out")
    assert person.get(path, Sec_Fetch_Site="cross-site").status == 403
