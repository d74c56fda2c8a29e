from __future__ import annotations

from dataclasses import replace

from babel import Locale

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider
from desktop_app.web.views.protection import protection_view
from desktop_app.web.views.speech import Speech
from desktop_app.web.views.wishes import gives_words
from tests.support import shipped

_SPEECH = Speech(translate=lambda text, *_: text, locale=Locale("en"), now=0.0)


def _preset(name: str) -> Provider:
    found = shipped.catalogue().get(name)
    assert found is not None
    return found


def _states(provider: Provider, told: ServerMetadata | None = None) -> dict[str, str]:
    view = protection_view(provider, told, _SPEECH)
    return {each.code: each.badge for each in view.abilities}


def test_what_a_preset_knows_is_said_and_the_rest_is_called_unknown() -> None:
    states = _states(_preset("github"))
    assert states["PKCE"] == "Yes"
    assert states["PAR"] == "Not known"
    assert states["RFC 8628"] == "Yes"


def test_bluesky_has_every_protection() -> None:
    states = _states(_preset("bluesky"))
    assert [states[name] for name in ("PKCE", "PAR", "DPoP", "iss")] == ["Yes"] * 4


def test_bound_tokens_are_promised_only_where_they_are_asked_for() -> None:
    told = ServerMetadata(issuer="https://id.example", dpop_signing_alg_values_supported=("ES256",))
    own = Provider(id="own", name="Own", issuer="https://id.example")
    assert _states(own, told)["DPoP"] == "Not used"
    assert _states(replace(own, dpop=True), told)["DPoP"] == "Yes"


def test_of_an_entry_that_is_complete_only_what_it_says_is_known() -> None:
    """It is not asked for a description of itself, at a sign-in either."""
    own = Provider(
        id="own",
        name="Own",
        protocol="oauth2",
        issuer="https://id.example",
        authorization_endpoint="https://id.example/a",
        token_endpoint="https://id.example/t",
        pushed_authorization_request_endpoint="https://id.example/par",
    )
    assert not protection_view(own, None, _SPEECH).asks
    states = _states(own)
    assert (states["PAR"], states["iss"], states["DPoP"]) == ("Yes", "Not known", "Not known")


def test_of_the_built_in_service_all_is_known() -> None:
    states = _states(_preset("photos"))
    assert [states[name] for name in ("PKCE", "PAR", "DPoP", "iss")] == ["Yes", "No", "No", "Yes"]


def test_a_provider_that_does_not_answer_is_not_asked_again_and_again() -> None:
    """The page would load the same section for ever, and ask the provider each time."""
    assert not protection_view(_preset("google"), None, _SPEECH, asked=True).asks


def test_a_provider_that_describes_itself_is_asked_for_the_rest() -> None:
    google = _preset("google")
    assert protection_view(google, None, _SPEECH).asks
    told = ServerMetadata(
        issuer="https://accounts.google.com",
        pushed_authorization_request_endpoint="https://a.example/par",
        code_challenge_methods_supported=("plain", "S256"),
    )
    states = _states(google, told)
    assert (states["PAR"], states["DPoP"], states["iss"]) == ("Yes", "No", "No")
    assert not protection_view(google, told, _SPEECH).asks


def test_silence_about_pkce_is_not_taken_for_a_no() -> None:
    told = ServerMetadata(issuer="https://gitlab.com")
    assert _states(_preset("gitlab"), told)["PKCE"] == "Yes"


def test_a_server_that_is_not_chosen_yet_is_not_asked() -> None:
    assert not protection_view(_preset("gitea"), None, _SPEECH).asks


def test_the_older_way_is_described_as_what_it_is() -> None:
    view = protection_view(_preset("flickr"), None, _SPEECH)
    said = {each.code: each.badge for each in view.abilities}
    assert list(said) == ["RFC 5849", "verifier", "RFC 8252", "RFC 7009"]
    assert (said["RFC 5849"], said["RFC 8252"]) == ("Yes", "No")
    assert "a sound one" in view.summary


def test_a_secret_that_goes_along_is_not_called_a_signature() -> None:
    """RFC 5849 section 3.4.4."""
    view = protection_view(replace(_preset("flickr"), signature_method="PLAINTEXT"), None, _SPEECH)
    assert view.abilities[0].badge == "No"
    assert "sound" not in view.summary


def test_where_the_answer_is_pasted_that_is_said_beforehand() -> None:
    assert _states(_preset("vk"))["RFC 8252"] == "No"
    assert _states(_preset("google"))["RFC 8252"] == "Yes"


def test_a_grant_that_is_the_whole_account_is_called_that() -> None:
    for name in ("forgejo", "nextcloud", "codeberg"):
        assert "whole account" in gives_words(_preset(name), _SPEECH)
    assert gives_words(_preset("github"), _SPEECH) == ""
