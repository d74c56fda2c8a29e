"""Programs as they are shown: what may be read of a name that somebody else chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from desktop_app.services.lending.askers import AskingProgram, Process
from desktop_app.web.views.speech import Speech

_LONGEST = 60
_MOST_PARENTS = 4
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
# The first process of a machine started everything: to say so says nothing.
_FIRST_PROCESS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BorrowerView:
    """A program.

    Attributes:
        name: As the system knows it; never what it calls itself.
        icon: Name of the icon that stands for its kind.
        run_by: The interpreter's name; "" for an executable.
        kind: What it is in two words; "" for an executable, which needs none.
    """

    name: str
    path: str
    icon: str
    run_by: str
    kind: str


def borrower_view(program: AskingProgram, speech: Speech) -> BorrowerView:
    """Return how *program* is shown."""
    interpreter = readable(PurePath(program.interpreter or "").name)
    words = {
        "script": speech.say("a script, run by {interpreter}", interpreter=interpreter),
        "inline": speech.say("code without a file, run by {interpreter}", interpreter=interpreter),
    }
    return BorrowerView(
        name=readable(program.name),
        path=readable(program.path, longest=1_000),
        icon="terminal" if program.kind == "executable" else "script",
        run_by=interpreter,
        kind=words.get(program.kind, ""),
    )


def chain_of(parents: Sequence[Process]) -> list[str]:
    """Return the names of those who started a program, the farthest first, at most a few."""
    names = [readable(each.name) for each in parents if each.pid != _FIRST_PROCESS]
    return [*reversed(names[:_MOST_PARENTS])]


def readable(text: str, *, longest: int = _LONGEST) -> str:
    """Return *text* with what can't be seen made visible, and its middle left out if it is long.

    A program is named by whoever wrote it: line breaks and marks that turn the direction of
    writing could make a question say something else.
    """
    seen = "".join(each if each.isprintable() else _UNREADABLE for each in text)
    if len(seen) <= longest:
        return seen
    half = longest // 2
    return f"{seen[:half]}…{seen[-half:]}"
