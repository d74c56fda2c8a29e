from __future__ import annotations

from dataclasses import replace

from babel import Locale

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.registration import Registration
from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.web.views.clients import ClientView, client_view, offered_client
from desktop_app.web.views.speech import Speech
from tests.support import shipped

_SPEECH = Speech(translate=lambda text, *_: text, locale=Locale("en"), now=0.0)
_TOLD = ServerMetadata(issuer="https://id.example", registration_endpoint="https://id.example/r")
_OWN = Provider(id="own", name="Example", issuer="https://id.example", register=True)


def _preset(name: str) -> Provider:
    found = shipped.catalogue().get(name)
    assert found is not None
    return found


def test_where_nothing_is_offered_a_client_id_is_needed() -> None:
    assert client_view(_preset("github"), _SPEECH) == ClientView()
    assert offered_client(None, _SPEECH) == ClientView()
    assert offered_client(replace(_TOLD, registration_endpoint=None), _SPEECH) == ClientView()


def test_where_coatcheck_registers_itself_none_is() -> None:
    assert "registers itself" in client_view(_preset("mastodon"), _SPEECH).free
    offered = offered_client(_TOLD, _SPEECH)
    assert offered.registers
    assert "registers itself" in offered.free


def test_a_client_id_of_ones_own_wins() -> None:
    assert client_view(replace(_OWN, client_id="mine"), _SPEECH).free == ""


def test_what_is_registered_is_shown_and_its_secret_never() -> None:
    registered = RegisteredClient(
        provider="own",
        issuer="https://id.example",
        token_endpoint="https://id.example/token",
        endpoint="https://id.example/r",
        registration=Registration(client_id="made", client_secret="s3cret"),
        redirect=Redirect(),
        redirect_uris=(),
        scopes=None,
        client_authentication="client_secret_basic",
        registered_at=0.0,
    )
    view = client_view(_OWN, _SPEECH, registered=registered)
    assert view.client_id == "made"
    assert "<time" in view.since
    assert not view.registers
    assert "s3cret" not in repr(view)


def test_bluesky_asks_for_the_accounts_name() -> None:
    view = client_view(_preset("bluesky"), _SPEECH)
    assert view.account
    assert view.described
    assert view.free


def test_a_hosted_description_is_mentioned_where_it_is_taken() -> None:
    told = ServerMetadata(issuer="https://id.example", client_id_metadata_document_supported=True)
    assert offered_client(told, _SPEECH).described
