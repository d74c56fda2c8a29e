"""What every page of the window has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from babel import Locale

from desktop_app.services.accounts import Picture, Profile
from desktop_app.services.keeping import StoreDamage
from desktop_app.services.lending.loans import Question
from desktop_app.services.ports import Clock
from desktop_app.web.pages.base import PageHandler
from desktop_app.web.views.question import WaitingView, waiting_questions
from desktop_app.web.views.speech import Speech

FindPicture = Callable[[str], Picture | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What pages are shown on, whatever they are about.

    Attributes:
        zone: None is the computer's own time zone.
        demo: Whether the built-in photo service runs.
        heard: How many events there have been.
        damage: What of the accounts could not be read at the last unlocking.
        questions: What programs ask and nobody has answered yet, the oldest first.
    """

    clock: Clock
    zone: tzinfo | None = None
    demo: bool = False
    heard: Callable[[], int] = lambda: 0
    damage: Callable[[], StoreDamage | None] = lambda: None
    questions: Callable[[], Sequence[Question]] = tuple


class ViewHandler(PageHandler):
    """A page with the rail.

    Attributes:
        section: Which entry of the rail is the current one.
    """

    section = ""

    def initialize(self, stage: Stage, **services: Any) -> None:
        """Take what all pages need and the services of this one, each under its name.

        What had happened before the page was made is noted at once: the page about a method
        that Tornado does not know is made without ``prepare``.
        """
        self._stage = stage
        self._heard = stage.heard()
        for name, service in services.items():
            setattr(self, f"_{name}", service)

    def get_template_namespace(self) -> dict[str, Any]:
        """Add what the templates use: icons, what is damaged and the rail's entry."""
        return {
            **super().get_template_namespace(),
            "icon": icon,
            "section": self.section,
            "heard": self._heard,
            "demo": self._stage.demo,
            "damage": self._damage(),
            "waiting": self._waiting(),
        }

    def _waiting(self) -> WaitingView | None:
        """What programs ask, for the bar above every page."""
        return waiting_questions(self._stage.questions(), self.speech)

    def _damage(self) -> str:
        """What was lost of the accounts, as a sentence; "" if nothing was."""
        damage = self._stage.damage()
        if damage is None:
            return ""
        return self.speech.count(
            "{n} entry could not be read, so an account may be missing or out of date."
            " Everything else was saved. The damaged file is kept as {kept_as}.",
            "{n} entries could not be read, so accounts may be missing or out of date."
            " Everything else was saved. The damaged file is kept as {kept_as}.",
            damage.entries,
            kept_as=damage.kept_as,
        )

    @property
    def speech(self) -> Speech:
        """How this page speaks, now."""
        return Speech(
            translate=self.locale.translate,
            locale=Locale.parse(self.locale.code),
            now=self._stage.clock(),
            zone=self._stage.zone,
        )

    def picture_source(self, find: FindPicture) -> Callable[[Profile], str]:
        """Return what gives the address of a profile's kept picture, or ""."""

        def source(profile: Profile) -> str:
            picture = find(profile.id)
            if picture is None:
                return ""
            # The moment makes a new picture a new address, so that no old one is shown.
            return f"{self.reverse_url('picture', profile.id)}?at={picture.fetched_at:.0f}"

        return source


def icon(name: str) -> str:
    """Return the safe HTML of an icon that only decorates."""
    return f'<svg class="icon" aria-hidden="true"><use href="#i-{name}"/></svg>'
