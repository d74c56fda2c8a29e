"""Programs' names, which somebody else chose."""

from __future__ import annotations

import pytest

from desktop_app.services.lending.askers import AskingProgram, Process
from desktop_app.web.views.borrowers import borrower_view, chain_of, readable
from tests.support.speaking import SPEECH


@pytest.mark.parametrize("mark", ["\n", "\x1b", "\u202e", "\u2066", "\x00"])
def test_what_could_make_a_question_say_something_else_is_made_visible(mark: str) -> None:
    assert readable(f"git{mark}allowed") == "git\N{REPLACEMENT CHARACTER}allowed"


def test_of_a_long_name_both_ends_are_shown() -> None:
    shown = readable("a" * 500 + "end")
    assert len(shown) == 61
    assert shown.endswith("end")


def test_a_script_is_shown_with_what_runs_it() -> None:
    program = AskingProgram(
        name="backup.py",
        path="/home/me/backup.py",
        kind="script",
        fingerprint="f",
        interpreter="/usr/bin/python3",
    )
    view = borrower_view(program, SPEECH)
    assert (view.name, view.icon) == ("backup.py", "script")
    assert view.kind == "a script, run by python3"


def test_who_started_it_begins_farthest_away_and_leaves_the_first_process_out() -> None:
    names = ["sh", "make", "bash", "xterm", "desktop", "init"]
    parents = [Process(pid=9 - place, name=name) for place, name in enumerate(names[:-1])]
    parents.append(Process(pid=1, name="init"))
    assert chain_of(parents) == ["xterm", "bash", "make", "sh"]
