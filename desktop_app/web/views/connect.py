"""The connect pages: the providers to choose from, and what one of them needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_app.providers.model import Guide, Provider
from desktop_app.providers.permissions import Permission, describe
from desktop_app.providers.rules import Ask
from desktop_app.providers.templates import is_template
from desktop_app.services.photos import PHOTOS, PHOTOS_OLDER
from desktop_app.web.views.pictures import MarkView, mark_view, provider_name
from desktop_app.web.views.speech import Speech, msgid

_CATEGORIES = (
    ("start", msgid("Start here")),
    ("code", msgid("Code")),
    ("work", msgid("Mail and work")),
    ("people", msgid("People")),
    ("media", msgid("Music, pictures and sport")),
    ("science", msgid("Knowledge and research")),
    ("hosted", msgid("On a server of your choice")),
    ("own", msgid("Added by you")),
)
# OpenID's own scope is what makes it a sign-in; there is nothing to choose.
FIXED_SCOPES = frozenset({"openid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One provider as a card of the grid."""

    id: str
    name: str
    text: str
    ready: bool
    mark: MarkView


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """Something that the person has to tell about the provider."""

    name: str
    label: str
    kind: str
    hint: str
    example: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """Providers under one heading."""

    id: str
    title: str
    choices: Sequence[ChoiceView]


@dataclass(frozen=True, slots=True, kw_only=True)
class WishView:
    """One permission that may be asked for; ``badge`` says what came of asking before."""

    scope: str
    text: str
    icon: str
    care: bool
    wanted: bool
    fixed: bool
    badge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupView:
    """What one provider needs before a sign-in.

    Attributes:
        steps: How a client ID is got, in order; empty where none is needed.
        entered: True if a client ID is there already.
        editable: True if the page's fields are all that there is to enter; a provider that was
            added with explicit endpoints is changed the way it came.
        asks: What else the person has to tell.
        template: True where each server becomes an entry of its own; ``servers`` are there.
        gives: A sentence where a grant is something else than what was asked for.
        older: The same service by another protocol, as an entry's id; "" where there is none.
    """

    id: str
    name: str
    mark: MarkView
    issuer: str
    built_in: bool
    own: bool
    whole: bool
    editable: bool
    ready: bool
    entered: bool
    client_id: str
    has_secret: bool
    needs_secret: bool
    steps: Sequence[str]
    unconfirmed: Sequence[str]
    guide_url: str
    redirect_uri: str
    wishes: Sequence[WishView]
    further: Sequence[WishView]
    asks: Sequence[AskView]
    template: bool
    servers: Sequence[ChoiceView]
    gives: str
    gives_everything: bool
    older: str


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
    """Return the providers that a person can sign in to at once, for the top of the page."""
    found = [provider for provider, ready in choices if ready and not _built_in(provider)]
    # The heading says already what a card would.
    return [replace(_choice(each, ready=True, speech=speech), text="") for each in found]


def _fits(provider: Provider, query: str) -> bool:
    places = " ".join((provider.issuer or "", *provider.token_hosts, provider.template or ""))
    text = f"{provider.name} {provider.id} {places}".casefold()
    return all(word in text for word in query.casefold().split())


def _of_category(
    found: Sequence[tuple[Provider, bool]], name: str, speech: Speech
) -> list[ChoiceView]:
    known = {category for category, _ in _CATEGORIES}
    return [
        _choice(provider, ready=ready, speech=speech)
        for provider, ready in found
        if (provider.category if provider.category in known else "own") == name
    ]


def _choice(provider: Provider, *, ready: bool, speech: Speech) -> ChoiceView:
    return ChoiceView(
        id=provider.id,
        name=_choice_name(provider, speech),
        text=_choice_text(provider, ready=ready, speech=speech),
        ready=ready and not _built_in(provider),
        mark=mark_view(provider),
    )


def _choice_name(provider: Provider, speech: Speech) -> str:
    if _built_in(provider) and not _older(provider):
        return speech.say("Try it without an account")
    return provider_name(provider, speech.translate)


def _built_in(provider: Provider) -> bool:
    return provider.origin == "built_in"


def _older(provider: Provider) -> bool:
    return provider.id == PHOTOS_OLDER


def _choice_text(provider: Provider, *, ready: bool, speech: Speech) -> str:
    if _built_in(provider):
        return speech.say("A photo service, built in")
    if ready:
        return speech.say("Ready to sign in")
    return speech.say("By the server's name") if is_template(provider) else ""


def setup_view(
    provider: Provider,
    *,
    ready: bool,
    redirect_uri: str,
    speech: Speech,
    servers: Sequence[Provider] = (),
) -> SetupView:
    """Return what *provider* needs, with the redirect URI that it must be told."""
    guide = provider.guide
    return SetupView(
        id=provider.id,
        name=provider_name(provider, speech.translate),
        mark=mark_view(provider),
        issuer=provider.issuer or "",
        built_in=_built_in(provider),
        editable=_editable(provider),
        own=provider.origin == "own",
        whole=provider.origin == "own" and provider.template is None,
        ready=ready,
        entered=bool(provider.client_id),
        client_id=provider.client_id or "",
        has_secret=bool(provider.client_secret),
        needs_secret=provider.needs_secret,
        steps=[_filled(step, provider, redirect_uri, speech) for step in guide.steps],
        unconfirmed=[_filled(text, provider, redirect_uri, speech) for text in guide.unconfirmed],
        guide_url="" if "{" in (guide.url or "") else guide.url or "",
        redirect_uri=redirect_uri if _is_asked_for(guide) else "",
        wishes=_wishes(provider, provider.scopes, speech),
        further=_wishes(provider, _further(provider), speech),
        asks=[_ask(ask, provider, speech) for ask in _asked(provider)],
        template=is_template(provider),
        servers=[_choice(each, ready=True, speech=speech) for each in servers],
        gives=gives_words(provider, speech),
        gives_everything=provider.gives == "everything",
        older=PHOTOS_OLDER if provider.id == PHOTOS else "",
    )


def gives_words(provider: Provider, speech: Speech) -> str:
    """Return what to know where a grant is not what was asked for, else ""."""
    name = provider_name(provider, speech.translate)
    if provider.gives == "everything":
        return speech.say(
            "{provider} gives the whole account, whatever is asked for.", provider=name
        )
    if provider.gives == "app":
        return speech.say(
            "What it may do is set at {provider}, where the app was made.", provider=name
        )
    return ""


def _asked(provider: Provider) -> Sequence[Ask]:
    """A server that was chosen once stays: another one is another entry."""
    return () if provider.template else provider.asks


def _ask(ask: Ask, provider: Provider, speech: Speech) -> AskView:
    return AskView(
        name=ask.name,
        label=speech.translate(ask.label),
        kind=ask.kind,
        hint=speech.translate(ask.hint) if ask.hint else "",
        example=ask.example,
        value=provider.values.get(ask.name, ""),
    )


def _editable(provider: Provider) -> bool:
    if provider.origin == "own" and provider.template is None:
        return bool(provider.issuer) and not provider.token_endpoint
    return not _built_in(provider)


def _is_asked_for(guide: Guide) -> bool:
    """Whether the provider wants the redirect URI; Google's desktop clients need none."""
    return not guide.steps or any("{redirect_uri}" in step for step in guide.steps)


def _filled(step: str, provider: Provider, redirect_uri: str, speech: Speech) -> str:
    text = speech.translate(step).replace("{redirect_uri}", redirect_uri)
    return text.replace("{provider}", provider_name(provider, speech.translate))


def _further(provider: Provider) -> list[str]:
    return [scope for scope in provider.scope_texts if scope not in provider.scopes]


def _wishes(provider: Provider, scopes: Sequence[str], speech: Speech) -> list[WishView]:
    return [_wish(describe(provider, scope), provider, speech) for scope in scopes]


def _wish(permission: Permission, provider: Provider, speech: Speech) -> WishView:
    return WishView(
        scope=permission.scope,
        text=speech.translate(permission.text),
        icon=permission.kind,
        care=permission.care,
        wanted=permission.scope in provider.scopes,
        fixed=permission.scope in FIXED_SCOPES,
    )
