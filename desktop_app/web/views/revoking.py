"""Taking everything back: what will be asked of whom, how far it is, and the proof for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from desktop_app.errors import AppError
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Profile, Revocation
from desktop_app.services.tokens.revocation_rounds import Step
from desktop_app.web.views.accounts import CardView, PictureSource, card_view, provider_of
from desktop_app.web.views.pictures import PictureView, picture_view, provider_name
from desktop_app.web.views.speech import Speech, msgid

Explain = Callable[[AppError], str]

_GROUPS = (
    ("hand", msgid("For you to do")),
    ("failed", msgid("Not done yet")),
    ("going", msgid("Under way")),
    ("gone", msgid("Gone")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One account. ``html`` is a safe sentence, ``page`` where the person does the rest.

    Attributes:
        known: False where the account was forgotten meanwhile.
        alive: True while it is under way.
    """

    id: str
    title: str
    html: str
    picture: PictureView
    badge: str = ""
    tone: str = ""
    icon: str = ""
    page: str = ""
    known: bool = True
    alive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsView:
    """Accounts under one heading."""

    id: str
    title: str
    rows: Sequence[RowView]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokingView:
    """The page.

    Attributes:
        over: How many of ``total`` are over; ``part`` is the same in percent.
        question: What the dialog asks.
    """

    title: str
    text: str
    question: str
    total: int
    over: int
    part: float
    running: bool
    can_start: bool
    groups: Sequence[RowsView]


class RevokingViews:
    """Makes the page out of accounts and steps."""

    def __init__(
        self,
        *,
        profiles: Mapping[str, Profile],
        providers: Mapping[str, Provider],
        source: PictureSource,
        explain: Explain,
        speech: Speech,
    ) -> None:
        self._profiles = profiles
        self._providers = providers
        self._source = source
        self._explain = explain
        self._speech = speech

    def before(self, candidates: Sequence[Profile]) -> RevokingView:
        """Return the page before a round: what will be asked of whom."""
        say = self._speech.say
        told = [each for each in candidates if _tells(each)]
        rest = [each for each in candidates if not _tells(each)]
        groups = (
            RowsView(id="told", title=say("Told at once"), rows=[self._plan(p) for p in told]),
            RowsView(id="hand", title=say("For you to do"), rows=[self._plan(p) for p in rest]),
        )
        return RevokingView(
            title=say("Take everything back"),
            text=say("Every provider is told that Coatcheck may use your accounts no more."),
            question=self._question(len(candidates)),
            total=len(candidates),
            over=0,
            part=0.0,
            running=False,
            can_start=bool(candidates),
            groups=[group for group in groups if group.rows],
        )

    def during(self, steps: Sequence[Step], *, running: bool, left: int) -> RevokingView:
        """Return the page while a round is under way, and after it; *left* may be tried again."""
        over = sum(step.status in {"done", "failed"} for step in steps)
        say = self._speech.say
        title = say("Taking everything back") if running else say("What was taken back")
        return RevokingView(
            title=title,
            text=self._progress(steps, over, running=running),
            question=self._question(left),
            total=len(steps),
            over=over,
            part=round(100 * over / max(len(steps), 1), 1),
            running=running,
            can_start=not running and left > 0,
            groups=self._grouped(steps),
        )

    def _question(self, number: int) -> str:
        return self._speech.count("Take {n} account back?", "Take all {n} accounts back?", number)

    def _progress(self, steps: Sequence[Step], over: int, *, running: bool) -> str:
        if running:
            return self._speech.say("{over} of {total} are over.", over=over, total=len(steps))
        gone = sum(step.revocation is not None and step.revocation.complete for step in steps)
        return self._speech.say("{gone} of {total} are gone.", gone=gone, total=len(steps))

    def _grouped(self, steps: Sequence[Step]) -> list[RowsView]:
        groups: dict[str, list[RowView]] = {name: [] for name, _ in _GROUPS}
        for step in steps:
            groups[_group(step)].append(self._row(step))
        return [
            RowsView(id=name, title=self._speech.say(title), rows=groups[name])
            for name, title in _GROUPS
            if groups[name]
        ]

    def _plan(self, profile: Profile) -> RowView:
        card = self._card(profile)
        provider = provider_of(profile, self._providers)
        if _tells(profile):
            return RowView(
                id=profile.id,
                title=self._title(card),
                html=escape(card.identifier),
                picture=card.picture,
            )
        text = self._speech.say("It can\u2019t be told from here; its own page can end it.")
        return RowView(
            id=profile.id,
            title=self._title(card),
            html=escape(text),
            picture=card.picture,
            page=provider.guide.settings_url or "",
        )

    def _row(self, step: Step) -> RowView:
        profile = self._profiles.get(step.profile_id)
        if profile is None:
            return self._forgotten(step)
        card = self._card(profile)
        state = self._state(step)
        return RowView(id=step.profile_id, title=self._title(card), picture=card.picture, **state)

    def _forgotten(self, step: Step) -> RowView:
        gone = Profile(
            id=step.profile_id,
            provider=step.provider,
            issuer="",
            subject=step.provider,
            created_at=0,
            updated_at=0,
            last_seen_at=0,
        )
        provider = provider_of(gone, self._providers)
        return RowView(
            id=step.profile_id,
            title=provider_name(provider, self._speech.translate),
            picture=picture_view(gone, provider, ""),
            known=False,
            **self._state(step),
        )

    def _state(self, step: Step) -> dict[str, Any]:
        say = self._speech.say
        if step.failure is not None:
            html = escape(self._explain(step.failure))
            return {"html": html, "badge": say("Failed"), "tone": "danger", "icon": "warn"}
        if step.revocation is not None:
            return self._proof(step.revocation)
        if step.status == "running":
            html = escape(say("Telling the provider."))
            return {"html": html, "badge": say("Now"), "icon": "renew", "alive": True}
        return {"html": escape(say("Waits for its turn.")), "badge": say("Next"), "icon": "clock"}

    def _proof(self, done: Revocation) -> dict[str, Any]:
        say = self._speech.say
        html = escape(self._speech.translate(done.message))
        if done.good_until is not None:
            html += " " + self._speech.timed("It ends by itself {time}.", done.good_until)
        if not done.complete:
            page = done.settings_url or ""
            badge = say("By hand")
            return {"html": html, "badge": badge, "tone": "warn", "icon": "care", "page": page}
        badge = say("Confirmed") if done.proof == "provider_confirmed" else say("Over before")
        return {"html": html, "badge": badge, "tone": "good", "icon": "check"}

    def _card(self, profile: Profile) -> CardView:
        provider = provider_of(profile, self._providers)
        return card_view(profile, provider, self._source, self._speech)

    def _title(self, card: CardView) -> str:
        return self._speech.say("{name} at {provider}", name=card.name, provider=card.provider_name)


def _tells(profile: Profile) -> bool:
    grant = profile.grant
    return grant is not None and bool(grant.revocation_endpoint or grant.own_revocation)


def _group(step: Step) -> str:
    if step.failure is not None:
        return "failed"
    if step.revocation is None:
        return "going"
    return "gone" if step.revocation.complete else "hand"
