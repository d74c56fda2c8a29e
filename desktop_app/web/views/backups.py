"""What restoring a backup does, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop_app.providers.model import Provider
from desktop_app.services.backup.account_merging import AccountStep, Action, Reason
from desktop_app.services.backup.restoring import Restoration
from desktop_app.services.profiles.naming import display_name
from desktop_app.web.views.accounts import identifier_of, provider_of
from desktop_app.web.views.pictures import PictureView, picture_view, provider_name
from desktop_app.web.views.speech import Speech, msgid

_SAYS: Final[Mapping[Reason, str]] = {
    "new": msgid("It is not here yet."),
    "newer_in_backup": msgid("The backup has it newer than it is here."),
    "same": msgid("It is here already, just so."),
    "newer_here": msgid("The one here is newer. It stays as it is."),
    "taken_back_here": msgid("You took its permission back here. It stays taken back."),
    "ended_here": msgid("Its permission has ended. Sign in again to go on with it."),
    "built_in": msgid("It belongs to the built-in photo service of another computer."),
}
_BADGES: Final[Mapping[Action, tuple[str, str, str]]] = {
    "add": (msgid("Comes back"), "plus", "good"),
    "replace": (msgid("Is renewed"), "renew", "good"),
    "keep": (msgid("Stays"), "check", ""),
    "leave": (msgid("Stays out"), "info", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredRow:
    """One account of a backup."""

    id: str
    title: str
    identifier: str
    text: str
    badge: str
    icon: str
    tone: str
    picture: PictureView


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationView:
    """What the page about an opened backup shows.

    Attributes:
        made_html: Safe: when it was made.
        changes: Whether restoring would do anything.
        warns: Whether another computer may be in the way afterwards.
    """

    made_html: str
    rows: Sequence[RestoredRow]
    more: Sequence[str]
    changes: bool
    warns: bool


def restoration_view(
    found: Restoration, providers: Mapping[str, Provider], speech: Speech
) -> RestorationView:
    """Return what restoring does, account by account; those that it changes come first."""
    changed = [step for step in found.steps if step.is_written]
    others = [step for step in found.steps if not step.is_written]
    return RestorationView(
        made_html=speech.seen("Made {time}.", found.made_at),
        rows=[_row(step, providers, speech) for step in (*changed, *others)],
        more=_more(found, speech),
        changes=bool(changed or found.providers or found.denials),
        warns=found.renewable > 0,
    )


def _row(step: AccountStep, providers: Mapping[str, Provider], speech: Speech) -> RestoredRow:
    profile = step.profile
    provider = provider_of(profile, providers)
    badge, icon, tone = _BADGES[step.action]
    at = provider_name(provider, speech.translate)
    return RestoredRow(
        id=profile.id,
        title=speech.say("{name} at {provider}", name=display_name(profile), provider=at),
        identifier=identifier_of(profile),
        text=speech.say(_SAYS[step.reason]),
        badge=speech.say(badge),
        icon=icon,
        tone=tone,
        picture=picture_view(profile, provider, ""),
    )


def _more(found: Restoration, speech: Speech) -> list[str]:
    """Say what comes along beside accounts."""
    said = []
    if found.providers:
        names = ", ".join(found.providers)
        said.append(speech.say("Services that you entered yourself: {names}.", names=names))
    if found.denials:
        said.append(
            speech.count(
                "{n} program is kept away again.",
                "{n} programs are kept away again.",
                found.denials,
            )
        )
    return said
