"""The connect page: the providers to choose from, under their headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.providers.model import Provider
from desktop_app.providers.templates import is_template
from desktop_app.services.photos import PHOTOS_OLDER
from desktop_app.web.views.pictures import MarkView, mark_view, provider_name
from desktop_app.web.views.speech import Speech, msgid

_CATEGORIES = (
    ("start", msgid("Start here")),
    ("own", msgid("Added by you")),
    ("code", msgid("Code")),
    ("work", msgid("Mail and work")),
    ("people", msgid("People")),
    ("media", msgid("Music, pictures and sport")),
    ("science", msgid("Knowledge and research")),
    ("hosted", msgid("On a server of your choice")),
)

_TOP = frozenset({"start", "own"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One provider as a card of the grid."""

    id: str
    name: str
    text: str
    ready: bool
    mark: MarkView


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """Providers under one heading."""

    id: str
    title: str
    choices: Sequence[ChoiceView]


def categories(
    choices: Sequence[tuple[Provider, bool]], query: str, speech: Speech
) -> list[CategoryView]:
    """Return what fits *query* under its headings; *choices* says which are ready."""
    # One obvious first choice: the built-in service's older way is found from its own page.
    found = [each for each in choices if _fits(each[0], query) and (query or not _older(each[0]))]
    views = [
        CategoryView(id=name, title=speech.say(title), choices=_of_category(found, name, speech))
        for name, title in _CATEGORIES
    ]
    return [view for view in views if view.choices]


def address_in(query: str) -> str:
    """Return *query* if it looks like the address of a provider, else ""."""
    text = query.strip()
    looks = "." in text or "://" in text or text.startswith("localhost")
    return text if looks and " " not in text and "@" not in text else ""


def ready_choices(choices: Sequence[tuple[Provider, bool]], speech: Speech) -> Sequence[ChoiceView]:
    """Return the presets that a person can sign in to at once, for the top of the page."""
    found = [provider for provider, ready in choices if ready and _category(provider) not in _TOP]
    return [choice_view(each, ready=True, speech=speech) for each in found]


def _fits(provider: Provider, query: str) -> bool:
    places = " ".join((provider.issuer or "", *provider.token_hosts, provider.template or ""))
    text = f"{provider.name} {provider.id} {places}".casefold()
    return all(word in text for word in query.casefold().split())


def _of_category(
    found: Sequence[tuple[Provider, bool]], name: str, speech: Speech
) -> list[ChoiceView]:
    return [
        choice_view(provider, ready=ready, speech=speech)
        for provider, ready in found
        if _category(provider) == name
    ]


def _category(provider: Provider) -> str:
    known = {category for category, _ in _CATEGORIES}
    return provider.category if provider.category in known else "own"


def choice_view(provider: Provider, *, ready: bool, speech: Speech) -> ChoiceView:
    """Return *provider* as a card."""
    return ChoiceView(
        id=provider.id,
        name=_choice_name(provider, speech),
        text=_choice_text(provider, ready=ready, speech=speech),
        ready=ready and not is_built_in(provider),
        mark=mark_view(provider),
    )


def _choice_name(provider: Provider, speech: Speech) -> str:
    if is_built_in(provider) and not _older(provider):
        return speech.say("Try it without an account")
    return provider_name(provider, speech.translate)


def is_built_in(provider: Provider) -> bool:
    """Tell whether *provider* is the photo service that comes with the program."""
    return provider.origin == "built_in"


def _older(provider: Provider) -> bool:
    return provider.id == PHOTOS_OLDER


def _choice_text(provider: Provider, *, ready: bool, speech: Speech) -> str:
    if is_built_in(provider):
        return speech.say("A photo service, built in")
    if ready:
        return speech.say("Ready to sign in")
    return speech.say("By the server’s name") if is_template(provider) else ""
