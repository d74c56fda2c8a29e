"""Whether a person needs a client ID at a provider, and what happens where they don't."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.services.providers.registrations import registers_itself
from desktop_app.web.views.pictures import provider_name
from desktop_app.web.views.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientView:
    """How Coatcheck is known at one provider.

    Attributes:
        free: Why no client ID is needed, a sentence; "" where one is.
        registers: True if the entry has yet to say that Coatcheck shall register itself.
        account: True if the account's name there leads to who signs it in.
        client_id: Of the client that is registered; ``since`` is when that was, as HTML.
        has_code: True if what the provider gave for registering is kept.
        described: True if the address of a hosted description may stand for a client ID.
    """

    free: str = ""
    registers: bool = False
    account: bool = False
    client_id: str = ""
    since: str = ""
    has_code: bool = False
    described: bool = False


def client_view(
    provider: Provider, speech: Speech, *, registered: RegisteredClient | None = None
) -> ClientView:
    """Return what *provider*'s page says, with the client that was *registered* there."""
    name = provider_name(provider, speech.translate)
    if provider.atproto is not None:
        return ClientView(
            free=speech.say(
                "{provider} takes programs that run on your own computer.", provider=name
            ),
            account=True,
            described=True,
        )
    if not registers_itself(provider):
        return ClientView()
    free = speech.say("Coatcheck registers itself with {provider}.", provider=name)
    if registered is None:
        return ClientView(free=free)
    return ClientView(
        free=free,
        client_id=registered.client_id,
        since=speech.stamp(registered.registered_at),
        has_code=provider.initial_access_token is not None,
    )


def offered_client(told: ServerMetadata | None, speech: Speech) -> ClientView:
    """Return what the page says of a provider that described itself as *told*."""
    if told is None:
        return ClientView()
    described = told.client_id_metadata_document_supported
    if told.registration_endpoint is None:
        return ClientView(described=described)
    free = speech.say("Coatcheck registers itself with this provider.")
    return ClientView(free=free, registers=True, described=described)
