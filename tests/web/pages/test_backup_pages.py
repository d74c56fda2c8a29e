"""``/restore`` and the file of a backup: what a person sees of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from tests.support.pages import NOW, Pages
from tests.web.pages.conftest import Visitor

PASSPHRASE = "four words of mine"
T = TypeVar("T")


def run(pages: Pages, work: Coroutine[Any, Any, T]) -> T:
    assert pages.loop is not None
    return asyncio.run_coroutine_threadsafe(work, pages.loop).result(30)


def opened(pages: Pages) -> str:
    """Make a backup of the accounts that are there, and open it."""
    made = run(pages, pages.services.backups.make(PASSPHRASE))
    return run(pages, pages.services.restores.open(made.content, PASSPHRASE)).id


def test_settings_say_when_the_last_backup_was_made(pages: Pages, person: Visitor) -> None:
    assert "There is none yet." in person.get("/settings").text
    run(pages, pages.services.backups.make(PASSPHRASE))
    pages.clock[0] = NOW + 60
    assert "The last one: <time" in person.get("/settings").text


def test_a_backup_that_nobody_fetched_is_none(pages: Pages, person: Visitor) -> None:
    """Whoever leaves the page while it is sealed has no file."""
    prepared = run(pages, pages.services.backups.prepare(PASSPHRASE))
    assert "There is none yet." in person.get("/settings").text
    person.get(f"/backups/{prepared.id}")
    assert "The last one: <time" in person.get("/settings").text


def test_the_page_of_a_backup_says_what_becomes_of_each_account(
    pages: Pages, person: Visitor
) -> None:
    held = opened(pages)
    same = person.get(f"/restore/{held}").text
    assert "It is here already, just so." in same
    assert "There is nothing to restore." in same
    pages.profiles.things.clear()
    new = person.get(f"/restore/{held}").text
    assert "It is not here yet." in new
    assert 'data-call="POST /v1.0/restore"' in new
    assert "use each account on only one of the two" in new


def test_what_restoring_would_change_comes_before_what_stays(pages: Pages, person: Visitor) -> None:
    held = opened(pages)
    *others, last = rows(person.get(f"/restore/{held}").text)
    del pages.profiles.things[last]
    assert rows(person.get(f"/restore/{held}").text) == [last, *others]


def rows(text: str) -> list[str]:
    return re.findall('class="row" id="account-([^"]+)"', text)


def test_a_backup_that_was_forgotten_is_asked_for_again(pages: Pages, person: Visitor) -> None:
    gone = person.get("/restore/gone")
    assert (gone.status, gone.headers["Location"]) == (302, "/restore?gone=1")
    assert "for some minutes only" in person.get("/restore?gone=1").text


def test_the_file_of_a_backup_is_the_person_s_alone(
    pages: Pages, person: Visitor, stranger: Visitor
) -> None:
    prepared = run(pages, pages.services.backups.prepare(PASSPHRASE))
    path = f"/backups/{prepared.id}"
    page = person.get(path)
    assert page.body == prepared.backup.content
    assert page.headers["Content-Disposition"].startswith('attachment; filename="coatcheck-')
    assert stranger.get(path).headers["Location"] == "/signed-out"
    assert person.get("/backups/another").status == 404
    pages.clock[0] += 601
    assert person.get(path).status == 404


@pytest.mark.parametrize("path", ["/restore", "/restore/x"])
def test_a_stranger_sees_nothing(stranger: Visitor, path: str) -> None:
    assert stranger.get(path).status == 302
