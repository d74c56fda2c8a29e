"""What one provider needs before a sign-in: the page behind its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.providers.model import Guide, Provider
from desktop_app.providers.rules import Ask
from desktop_app.providers.templates import is_template
from desktop_app.services.photos import PHOTOS, PHOTOS_OLDER
from desktop_app.web.views.connect import ChoiceView, choice_view, is_built_in
from desktop_app.web.views.pictures import MarkView, mark_view, provider_name
from desktop_app.web.views.speech import Speech
from desktop_app.web.views.wishes import WishView, gives_words, wish_views


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
class SetupView:
    """What one provider needs before a sign-in.

    Attributes:
        steps: How a client ID is got, in order; empty where none is needed.
        entered: True if a client ID is there already.
        editable: True if the page's fields are all that there is to enter; a provider that was
            added with explicit endpoints is changed the way it came.
        asks: What else the person has to tell.
        template: True where each server becomes an entry of its own; ``servers`` are there.
        binds: True where the person may have its accounts bound to this computer (RFC 9449).
        bound: True if they wish that.
        gives: A sentence where a grant is something else than what was asked for.
        older: The same service by another protocol, as an entry's id; "" where there is none.
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
    asks: Sequence[AskView]
    template: bool
    servers: Sequence[ChoiceView]
    binds: bool
    bound: bool
    gives: str
    gives_everything: bool
    older: str


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
        built_in=is_built_in(provider),
        editable=_editable(provider),
        own=provider.origin == "own",
        ready=ready,
        entered=bool(provider.client_id),
        client_id=provider.client_id or "",
        has_secret=bool(provider.client_secret),
        needs_secret=provider.needs_secret,
        steps=[_filled(step, provider, redirect_uri, speech) for step in guide.steps],
        unconfirmed=[_filled(text, provider, redirect_uri, speech) for text in guide.unconfirmed],
        guide_url="" if "{" in (guide.url or "") else guide.url or "",
        redirect_uri=redirect_uri if _is_asked_for(guide) else "",
        wishes=wish_views(provider, provider.scopes, speech),
        further=wish_views(provider, _further(provider), speech),
        asks=[_ask(ask, provider, speech) for ask in _asked(provider)],
        template=is_template(provider),
        servers=[choice_view(each, ready=True, speech=speech) for each in servers],
        binds=_may_bind(provider),
        bound=provider.dpop,
        gives=gives_words(provider, speech),
        gives_everything=provider.gives == "everything",
        older=PHOTOS_OLDER if provider.id == PHOTOS else "",
    )


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
    return not is_built_in(provider)


def _may_bind(provider: Provider) -> bool:
    """Whether it is the person's to say; what ships knows what its provider does."""
    return provider.origin == "own" and provider.supports.dpop != "no" and not provider.atproto


def _is_asked_for(guide: Guide) -> bool:
    """Whether the provider wants the redirect URI; Google's desktop clients need none."""
    return not guide.steps or any("{redirect_uri}" in step for step in guide.steps)


def _filled(step: str, provider: Provider, redirect_uri: str, speech: Speech) -> str:
    text = speech.translate(step).replace("{redirect_uri}", redirect_uri)
    return text.replace("{provider}", provider_name(provider, speech.translate))


def _further(provider: Provider) -> list[str]:
    return [scope for scope in provider.scope_texts if scope not in provider.scopes]
