"""The connect pages: the providers to choose from, and what one of them needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.providers.model import Provider
from desktop_app.providers.permissions import Permission, describe
from desktop_app.web.views.pictures import MarkView, mark_view, provider_name
from desktop_app.web.views.speech import Speech, msgid

_CATEGORIES = (
    ("start", msgid("Start here")),
    ("code", msgid("Code")),
    ("work", msgid("Mail and work")),
    ("people", msgid("People and pictures")),
    ("own", msgid("Your own")),
)
# OpenID's own scope is what makes it a sign-in; there is nothing to choose.
_FIXED = frozenset({"openid"})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WishView:
    """One permission that may be asked for."""

    scope: str
    text: str
    icon: str
    care: bool
    wanted: bool
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupView:
    """What one provider needs before a sign-in.

    Attributes:
        steps: How a client ID is got, in order; empty where none is needed.
        entered: True if a client ID is there already.
        editable: True if the page's fields are all that there is to enter; a provider that was
            added with explicit endpoints is changed the way it came.
    """

    id: str
    name: str
    mark: MarkView
    issuer: str
    built_in: bool
    own: bool
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


def categories(
    choices: Sequence[tuple[Provider, bool]], query: str, speech: Speech
) -> list[CategoryView]:
    """Return what fits *query* under its headings; *choices* says which are ready."""
    found = [(provider, ready) for provider, ready in choices if _fits(provider, query)]
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


def _fits(provider: Provider, query: str) -> bool:
    text = f"{provider.name} {provider.id} {provider.issuer or ''}".casefold()
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
        name=speech.say("Try it without an account") if _built_in(provider) else provider.name,
        text=_choice_text(provider, ready=ready, speech=speech),
        ready=ready and not _built_in(provider),
        mark=mark_view(provider),
    )


def _built_in(provider: Provider) -> bool:
    return provider.origin == "built_in"


def _choice_text(provider: Provider, *, ready: bool, speech: Speech) -> str:
    if _built_in(provider):
        return speech.say("A photo service, built in")
    return speech.say("Ready to sign in") if ready else speech.say("Needs a client ID")


def setup_view(provider: Provider, *, ready: bool, redirect_uri: str, speech: Speech) -> SetupView:
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
        ready=ready,
        entered=bool(provider.client_id),
        client_id=provider.client_id or "",
        has_secret=bool(provider.client_secret),
        needs_secret=provider.needs_secret,
        steps=[_filled(step, redirect_uri, speech) for step in guide.steps],
        unconfirmed=[speech.translate(text) for text in guide.unconfirmed],
        guide_url=guide.url or "",
        redirect_uri=redirect_uri,
        wishes=_wishes(provider, provider.scopes, speech),
        further=_wishes(provider, _further(provider), speech),
    )


def _editable(provider: Provider) -> bool:
    if provider.origin == "own":
        return bool(provider.issuer) and not provider.token_endpoint
    return not _built_in(provider)


def _filled(step: str, redirect_uri: str, speech: Speech) -> str:
    return speech.translate(step).replace("{redirect_uri}", redirect_uri)


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
        fixed=permission.scope in _FIXED,
    )
