"""The answers to the question whether a program may use an account."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.services.lending.loans import Question
from desktop_app.web.views.borrowers import BorrowerView
from desktop_app.web.views.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One of the answers.

    Attributes:
        said: What a toast says once it is given.
        primary: Whether it stands out; that makes it nobody's default.
    """

    decision: str
    label: str
    said: str
    primary: bool = False


def answer_views(question: Question, program: BorrowerView, speech: Speech) -> list[AnswerView]:
    """Return what the person can answer *question* of *program*; Enter is none of them."""
    name, first = program.name, question.first or "once"
    answers = [
        AnswerView(
            decision="deny",
            label=speech.say("Don't allow"),
            said=speech.say("Not allowed. {program} may ask again in ten minutes.", program=name),
        ),
        AnswerView(
            decision="once",
            label=speech.say("Allow once"),
            said=speech.say("Allowed once."),
            primary=first == "once",
        ),
        AnswerView(
            decision="hour",
            label=speech.say("Allow for an hour"),
            said=speech.say("Allowed for an hour."),
            primary=first == "hour",
        ),
    ]
    if question.asker.program.may_be_always:
        said = speech.say("Allowed until you take it back.")
        always = AnswerView(decision="always", label=speech.say("Always allow"), said=said)
        answers.append(always)
    return answers


def always_words(question: Question, program: BorrowerView, speech: Speech) -> str:
    """Return how long "always" is, or why there is none."""
    if question.asker.program.may_be_always:
        return speech.say(
            "“Always” holds until you take it back, or until {program} is replaced on this disk.",
            program=program.name,
        )
    if question.asker.program.kind == "script":
        return speech.say(
            "There is no “always” for a script: what stands in it can change at any time."
        )
    return speech.say("There is no “always” for code that is in no file: it can be anything.")
