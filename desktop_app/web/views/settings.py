"""The settings page: each choice with its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.services.settings import Settings
from desktop_app.web.views.speech import Speech, msgid

# A language is called by its own name, whatever the window speaks.
_LANGUAGES = (("system", msgid("System")), ("en", "English"), ("ru", "Русский"))
_THEMES = (("system", msgid("System")), ("light", msgid("Light")), ("dark", msgid("Dark")))
_MINUTES = (0, 5, 15, 60, 240)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionView:
    """One option of a choice."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """What the settings page shows."""

    languages: Sequence[OptionView]
    themes: Sequence[OptionView]
    auto_lock: Sequence[OptionView]
    start_at_login: bool
    proxy: str


def settings_view(settings: Settings, speech: Speech) -> SettingsView:
    """Return the settings page's choices."""
    return SettingsView(
        languages=_options(_LANGUAGES, settings.language, speech),
        themes=_options(_THEMES, settings.theme, speech),
        auto_lock=_auto_lock(settings.auto_lock_minutes, speech),
        start_at_login=settings.start_at_login,
        proxy=settings.proxy,
    )


def _options(pairs: Sequence[tuple[str, str]], chosen: str, speech: Speech) -> list[OptionView]:
    return [
        OptionView(value=value, label=speech.say(label), chosen=value == chosen)
        for value, label in pairs
    ]


def _auto_lock(chosen: int, speech: Speech) -> list[OptionView]:
    minutes = sorted({*_MINUTES, chosen})
    return [
        OptionView(value=str(count), label=_after(count, speech), chosen=count == chosen)
        for count in minutes
    ]


def _after(minutes: int, speech: Speech) -> str:
    if minutes == 0:
        return speech.say("Never")
    return speech.say("After {length}", length=speech.length(minutes * 60))
