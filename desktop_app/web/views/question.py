"""The question whether a program may use an account, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_app.providers.model import Provider
from desktop_app.providers.permissions import Permission, describe
from desktop_app.services.accounts import Profile
from desktop_app.services.lending.loans import Question
from desktop_app.web.views.accounts import CardView, PictureSource, card_view
from desktop_app.web.views.answers import AnswerView, always_words, answer_views
from desktop_app.web.views.borrowers import BorrowerView, borrower_view, chain_of, readable
from desktop_app.web.views.slip import short_scope
from desktop_app.web.views.speech import Speech

_ICONS = {"see": "see", "change": "change", "act": "act"}
# A program gets nothing that lasts, whatever the account has: it is not worth a line.
_UNSAID = frozenset({"offline_access"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CouldView:
    """One thing that the program could do."""

    scope: str
    short: str
    icon: str
    text: str
    care: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question for the person.

    Attributes:
        asked: Safe HTML: when it asked.
        chain: Who started it, the farthest first.
        could: What it asks for; more than one can be narrowed.
        unsaid: Scopes that are asked for and shown nowhere.
        beyond: What the token could do beside that, because the provider gives no less.
        no_less: Says that the provider gives no less, or may not.
        says: What the program itself says, as it stands.
        always: How long "always" is, or why there is none.
        candidates: The accounts of which the person picks one; empty where there is no choice.
        subject: What the pick is for, such as a repository.
    """

    id: str
    program: BorrowerView
    card: CardView
    title: str
    asked: str
    pid: int
    chain: Sequence[str]
    could: Sequence[CouldView]
    unsaid: Sequence[str]
    beyond: Sequence[CouldView]
    wider: bool
    narrows: bool
    no_less: str
    says: str
    replaced: bool
    answers: Sequence[AnswerView]
    always: str
    candidates: Sequence[CardView] = ()
    subject: str = ""

    @property
    def choosable(self) -> bool:
        """Whether there is anything to take away."""
        return len(self.could) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """What stands in the bar above every page while programs wait for an answer.

    Attributes:
        id: The question that was asked first.
    """

    id: str
    text: str


def waiting_questions(
    questions: Sequence[Question], speech: Speech, *, beside: str = ""
) -> WaitingView | None:
    """Return what to say of *questions* that wait; None if none does.

    Args:
        questions: The oldest first.
        speech: How it is said.
        beside: The question that is shown already.
    """
    others = [each for each in questions if each.id != beside]
    if not others:
        return None
    if beside:
        text = speech.count("{n} more question waits", "{n} more questions wait", len(others))
    elif len(others) == 1:
        name = readable(others[0].asker.program.name)
        text = speech.say("{program} would like to use an account.", program=name)
    else:
        text = speech.count(
            "{n} program waits for your answer.", "{n} programs wait for your answer.", len(others)
        )
    return WaitingView(id=others[0].id, text=text)


def question_view(
    question: Question,
    profile: Profile,
    provider: Provider,
    source: PictureSource,
    speech: Speech,
) -> QuestionView:
    """Return the page of *question*, which is about *profile*."""
    program = borrower_view(question.asker.program, speech)
    card = card_view(profile, provider, source, speech)
    said = [scope for scope in question.scopes if scope not in _UNSAID] or list(question.scopes)
    return QuestionView(
        id=question.id,
        program=program,
        card=card,
        title=_title(program, card, speech),
        asked=speech.seen("Asked {time}. It waits for your answer.", question.created_at),
        pid=question.asker.pid,
        chain=chain_of(question.asker.parents),
        could=[_could(describe(provider, scope), speech) for scope in said] or [_all(speech)],
        unsaid=[scope for scope in question.scopes if scope not in said],
        beyond=_beyond(question, profile, provider, speech),
        wider=question.wider,
        narrows=question.narrows,
        no_less=_no_less(profile, provider, card, speech),
        says=readable(question.says, longest=300),
        replaced=question.replaced,
        answers=answer_views(question, program, speech),
        always=always_words(question, program, speech),
    )


def choice_view(
    question: Question,
    candidates: Sequence[tuple[Profile, Provider]],
    source: PictureSource,
    speech: Speech,
) -> QuestionView:
    """Return the page of *question*, which asks for one of *candidates*; none is picked yet."""
    profile, provider = candidates[0]
    view = question_view(question, profile, provider, source, speech)
    return replace(
        view,
        title=speech.say("Which account may {program} use?", program=view.program.name),
        candidates=[card_view(*each, source, speech) for each in candidates],
        subject=readable(question.subject, longest=300),
    )


def _title(program: BorrowerView, card: CardView, speech: Speech) -> str:
    return speech.say(
        "{program} would like to use {account} at {provider}",
        program=program.name,
        account=card.name,
        provider=card.provider_name,
    )


def _no_less(profile: Profile, provider: Provider, card: CardView, speech: Speech) -> str:
    """Return what to say where nobody has seen the provider give less than everything."""
    # Less can be asked for then; whether that is heeded, only the answer tells.
    grant = profile.grant
    asks = grant is not None and bool(grant.refresh_token or grant.exchanges_tokens)
    if asks and provider.gives != "everything":
        return speech.say(
            "{provider} was never seen to give less: the program may get everything that this"
            " account allows.",
            provider=card.provider_name,
        )
    return speech.say(
        "{provider} can't give less: the program gets everything that this account allows.",
        provider=card.provider_name,
    )


def _could(permission: Permission, speech: Speech) -> CouldView:
    return CouldView(
        scope=permission.scope,
        short=short_scope(permission.scope),
        icon=_ICONS[permission.kind],
        text=speech.translate(permission.text),
        care=permission.care,
    )


def _all(speech: Speech) -> CouldView:
    """What a program can do with an account that has no permissions of its own names."""
    text = speech.say("Everything that this account allows")
    return CouldView(scope="", short="", icon="act", text=text, care=True)


def _beyond(
    question: Question, profile: Profile, provider: Provider, speech: Speech
) -> list[CouldView]:
    if not question.wider or profile.grant is None:
        return []
    known = {*question.scopes, *_UNSAID}
    others = [scope for scope in profile.grant.scopes_granted if scope not in known]
    return [_could(describe(provider, scope), speech) for scope in others]
