"""``/approvals/{id}``, ``/programs`` and what of them stands on other pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desktop_app.services.lending.askers import Asker, AskingProgram
from desktop_app.services.lending.loans import Question, Wish
from tests.support.lent import BOT, GIT, REPORT, asker
from tests.support.pages import Pages
from tests.support.waiting import eventually
from tests.web.pages.conftest import Visitor


@contextmanager
def asked(pages: Pages, who: Asker, **wish: object) -> Iterator[Question]:
    """Let *who* wait for the person, and go away at the end."""
    waiting = pages.ask(who, Wish(**({"profile_id": "lab"} | wish)))  # type: ignore[arg-type]
    try:
        yield pages.question()
    finally:
        waiting.cancel()
        eventually(lambda: not pages.services.programs.questions())


def text_of(body: str) -> str:
    """Return what a person reads of a page, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_question_says_who_asks_for_what_and_who_started_it(
    person: Visitor, pages: Pages
) -> None:
    with asked(pages, asker(), scopes=("read_user",), says="https://forge.example/a.git") as found:
        page = person.get(f"/approvals/{found.id}")
    text = text_of(page.text)
    assert page.status == 200
    assert "git would like to use Sample Lab at GitLab" in text
    assert "/usr/bin/git · process 4812" in text
    assert "gnome-terminal zsh git" in text
    assert "systemd" not in text
    assert "Nobody can check that: “https://forge.example/a.git”" in text
    assert "GitLab was never seen to give less" in text
    assert [f'data-decision="{name}"' in page.text for name in ("once", "hour", "always", "deny")]


def test_where_a_provider_surely_gives_no_less_that_is_said(person: Visitor, pages: Pages) -> None:
    """Without a refresh token there is no way to ask for less."""
    with asked(pages, asker(BOT), profile_id="coder", scopes=("repo",)) as found:
        text = text_of(person.get(f"/approvals/{found.id}").text)
    assert "GitHub can’t give less: the program gets everything" in text
    assert "What that is, beside what it asked for See your profile read:user" in text


def test_every_answer_waits_for_the_script_and_none_is_a_forms_default(
    person: Visitor, pages: Pages
) -> None:
    with asked(pages, asker()) as found:
        page = person.get(f"/approvals/{found.id}").text
    sheet = page[page.index("data-question=") : page.index("data-gone")]
    buttons = re.findall(r"<button[^>]*data-decision[^>]*>", sheet)
    assert len(buttons) == 4
    assert all(" disabled" in button and 'type="button"' in button for button in buttons)
    assert "<form" not in sheet


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (REPORT, "There is no “always” for a script"),
        (AskingProgram(name="python3.11", path="/usr/bin/python3.11", fingerprint="-c",
                       kind="inline", interpreter="/usr/bin/python3.11"),
         "There is no “always” for code that is in no file"),
    ],
)  # fmt: skip
def test_an_interpreter_gets_no_always_and_a_word_why(
    person: Visitor, pages: Pages, program: AskingProgram, why: str
) -> None:
    with asked(pages, asker(program)) as found:
        page = person.get(f"/approvals/{found.id}").text
    assert 'data-decision="always"' not in page
    assert why in text_of(page)
    assert "run by python3.11" in text_of(page)


def test_a_replaced_program_is_said_to_be_one(person: Visitor, pages: Pages) -> None:
    other = AskingProgram(name="git", path=GIT.path, fingerprint="another")
    with asked(pages, asker(other), profile_id="coder") as found:
        page = person.get(f"/approvals/{found.id}").text
    assert "git was replaced since you allowed it." in text_of(page)


def test_a_name_can_neither_turn_the_question_round_nor_fill_the_window(
    person: Visitor, pages: Pages
) -> None:
    name = "git\u202eevil\nAllowed <b>" + "x" * 500
    program = AskingProgram(name=name, path=f"/tmp/{name}", fingerprint="evil")
    with asked(pages, asker(program), says="\u2066<script>alert(1)</script>") as found:
        page = person.get(f"/approvals/{found.id}").text
    title = re.search(r'id="question-title"[^>]*>([^<]*)<', page)
    assert title is not None
    assert "\u202e" not in page
    assert "\u2066" not in page
    assert "<script>alert" not in page
    assert len(title.group(1)) < 150


def test_a_question_that_has_gone_is_said_to_be_gone(person: Visitor, pages: Pages) -> None:
    with asked(pages, asker()) as found:
        pass
    page = person.get(f"/approvals/{found.id}")
    assert page.status == 404
    assert "The question has gone" in text_of(page.text)


def test_a_question_that_was_answered_is_said_to_be(person: Visitor, pages: Pages) -> None:
    import asyncio

    waiting = pages.ask(asker(), Wish(profile_id="lab", scopes=("read_user",)))
    found = pages.question()
    assert pages.loop is not None
    deciding = pages.services.programs.decide(found.id, "once")
    asyncio.run_coroutine_threadsafe(deciding, pages.loop).result(120)
    assert waiting.result(120) == ("read_user",)
    page = person.get(f"/approvals/{found.id}")
    assert page.status == 200
    assert "This question was answered" in text_of(page.text)


def test_those_that_wait_too_are_counted_and_come_next(person: Visitor, pages: Pages) -> None:
    with asked(pages, asker()) as first:
        waiting = pages.ask(asker(BOT), Wish(profile_id="lab"))
        second = eventually(lambda: [
            each for each in pages.services.programs.questions() if each.id != first.id
        ])[0]  # fmt: skip
        page = person.get(f"/approvals/{first.id}").text
        assert "1 more question waits" in page
        assert f'data-look="{second.id}"' in page
        assert "2 programs wait for your answer." in person.get("/").text
        assert person.get("/approvals").headers["Location"] == f"/approvals/{first.id}"
        waiting.cancel()


def test_other_pages_say_that_somebody_asks(person: Visitor, pages: Pages) -> None:
    assert 'class="banner plain asked"' not in person.get("/").text
    with asked(pages, asker()) as found:
        page = person.get("/settings").text
        bar = person.get("/approvals?bar=yes").text
    assert "git would like to use an account." in page
    assert f'data-look="{found.id}"' in bar
    assert "<html" not in bar
    assert person.get("/approvals").headers["Location"] == "/programs"


@pytest.mark.parametrize("path", ["/approvals/x", "/approvals", "/approvals?bar=yes"])
def test_strangers_and_foreign_pages_get_no_question(
    person: Visitor, stranger: Visitor, path: str
) -> None:
    assert stranger.get(path).headers["Location"].startswith("/signed-out")
    assert person.get(path, Origin="https://evil.example").status == 403


def test_the_programs_page_says_who_may_what_until_when(person: Visitor) -> None:
    text = text_of(person.get("/programs").text)
    assert "git Sample Coder at GitHub Last used today, 13:32 . 2 permissions" in text
    assert "/usr/bin/git Always Take back" in text
    assert "a script, run by python3.11 Until 14:02 Take back" in text
    assert text.index("Kept away") < text.index("photo-bot")
    assert "Let it ask again" in text


def test_without_a_loan_the_programs_page_says_how_one_comes(person: Visitor, pages: Pages) -> None:
    pages.loans.things.clear()
    text = text_of(person.get("/programs").text)
    assert "No program borrows from you yet." in text
    assert "Try it with your photos" in text
    pages.profiles.things.clear()
    assert "Connect an account" in text_of(person.get("/programs").text)


def test_a_profile_says_who_uses_it_and_nobody_elses(person: Visitor) -> None:
    text = text_of(person.get("/user/coder").text)
    assert "Who uses it" in text
    assert "git Last used today, 13:32 ." in text
    assert "mbsync" not in text
    assert "No program. When one asks" in text_of(person.get("/user/works").text)
