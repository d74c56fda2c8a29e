"""The activity log in sentences: who took what, when, by whose leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from desktop_app.services.lending.activity_entries import ActivityEntry, LogReport
from desktop_app.web.views.borrowers import borrower_view, chain_of, readable
from desktop_app.web.views.profile import FactView
from desktop_app.web.views.speech import Speech, msgid

_SENTENCES = {
    "given": msgid("{program} used {account} at {provider}"),
    "denied": msgid("{program} was kept away from {account} at {provider}"),
    "timeout": msgid("{program} asked for {account} at {provider}, and nobody answered"),
    "failed": msgid("{program} was allowed to use {account} at {provider}, and got nothing"),
    "gone": msgid("{program} asked for {account} at {provider}, and went away"),
    "refused": msgid("{program} was turned away from {account} at {provider}, without a question"),
    "allowed": msgid("You allowed {program} to use {account} at {provider}"),
    "forbidden": msgid("You did not allow {program} to use {account} at {provider}"),
    "revoked": msgid("You took {account} at {provider} back from {program}"),
}
_YOURSELF = msgid("You used {account} at {provider} yourself")
_LOOKS = {
    "given": ("key", "good"),
    "denied": ("no", ""),
    "timeout": ("clock", ""),
    "failed": ("warn", "warn"),
    "gone": ("close", ""),
    "refused": ("no", ""),
    "allowed": ("check", "good"),
    "forbidden": ("no", ""),
    "revoked": ("undo", ""),
}
_PURPOSES = {
    "token": msgid("access with its permissions"),
    "oauth1_signature": msgid("one signed request"),
    "dpop_proof": msgid("a proof for one request"),
    "account_choice": msgid("which account it means"),
}
_DECISIONS = {
    "once": msgid("once"),
    "hour": msgid("for an hour"),
    "always": msgid("always"),
    "deny": msgid("not allowed"),
}
OUTCOMES: Mapping[str, str] = {
    "given": msgid("Used"),
    "allowed": msgid("Allowed by you"),
    "forbidden": msgid("Not allowed by you"),
    "denied": msgid("Kept away"),
    "revoked": msgid("Taken back by you"),
    "failed": msgid("Failed"),
    "timeout": msgid("Nobody answered"),
    "gone": msgid("Went away"),
    "refused": msgid("Turned away"),
}
"""What the log can tell, in the words of its filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One line of the log; ``time`` is safe HTML."""

    number: int
    icon: str
    tone: str
    sentence: str
    note: str
    time: str
    facts: Sequence[FactView]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """What happened on one day."""

    title: str
    entries: Sequence[EntryView]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """What looking through the whole log found."""

    good: bool
    title: str
    text: str


def days(
    entries: Iterable[ActivityEntry], providers: Mapping[str, str], speech: Speech
) -> list[DayView]:
    """Return *entries*, newest first, a group a day.

    Args:
        entries: One page of the log.
        providers: Names of the providers that there are, by their ids.
        speech: How it is said.
    """
    groups = groupby(entries, key=lambda entry: speech.near_day(entry.at))
    return [
        DayView(title=title, entries=[entry_view(each, providers, speech) for each in group])
        for title, group in groups
    ]


def entry_view(entry: ActivityEntry, providers: Mapping[str, str], speech: Speech) -> EntryView:
    """Return *entry* as a line."""
    icon, tone = _LOOKS[entry.outcome]
    yourself = entry.program is None
    program = readable(entry.program.name) if entry.program else ""
    sentence = speech.say(
        _YOURSELF if yourself else _SENTENCES[entry.outcome],
        program=program,
        account=readable(entry.account),
        provider=providers.get(entry.provider, readable(entry.provider)),
    )
    return EntryView(
        number=entry.number,
        icon=icon,
        tone=tone,
        sentence=sentence,
        note=_note(entry, speech),
        time=speech.clock_stamp(entry.at),
        facts=_facts(entry, speech),
    )


def check_view(report: LogReport, speech: Speech) -> CheckView:
    """Return what looking through the log found, as a verdict."""
    if report.problem is None:
        return CheckView(
            good=True,
            title=speech.say("Nothing was altered"),
            text=speech.count(
                "The {n} entry is as it was written, and none is missing.",
                "All {n} entries are as they were written, and none is missing.",
                report.entries,
            ),
        )
    return CheckView(
        good=False,
        title=speech.say("The log is not as it was written"),
        text=speech.say(report.problem.reason.msgid, **report.problem.reason.fields),
    )


def _note(entry: ActivityEntry, speech: Speech) -> str:
    """Return what stands beside the sentence: how long it was allowed, or for what it was."""
    if entry.outcome == "allowed" and entry.decision:
        return speech.translate(_DECISIONS[entry.decision])
    return readable(entry.target or entry.says, longest=80)


def _facts(entry: ActivityEntry, speech: Speech) -> list[FactView]:
    facts = [*_program_facts(entry, speech), *_loan_facts(entry, speech)]
    facts.append(FactView(term=speech.say("Entry"), value=str(entry.number)))
    return [fact for fact in facts if fact.value or fact.html]


def _program_facts(entry: ActivityEntry, speech: Speech) -> list[FactView]:
    if entry.program is None:
        return []
    program = borrower_view(entry.program, speech)
    chain = " → ".join([*chain_of(entry.parents), program.name]) if entry.parents else ""
    return [
        FactView(term=speech.say("Program"), value=program.path, code=True),
        FactView(term=speech.say("Kind"), value=program.kind),
        FactView(term=speech.say("Process"), value="" if entry.pid is None else str(entry.pid)),
        FactView(term=speech.say("Started by"), value=chain),
    ]


def _loan_facts(entry: ActivityEntry, speech: Speech) -> list[FactView]:
    purpose = speech.translate(_PURPOSES[entry.purpose]) if entry.purpose else ""
    decision = speech.translate(_DECISIONS[entry.decision]) if entry.decision else ""
    return [
        FactView(
            term=speech.say("It got") if entry.outcome == "given" else speech.say("Asked for"),
            value=purpose,
        ),
        FactView(term=speech.say("Permissions"), value=" ".join(entry.scopes), code=True),
        FactView(term=speech.say("Allowed"), value=decision),
        FactView(term=speech.say("For"), value=readable(entry.target, longest=300)),
        FactView(term=speech.say("It says"), value=readable(entry.says, longest=300)),
        FactView(term=speech.say("Reason"), value=entry.error, code=True),
    ]
