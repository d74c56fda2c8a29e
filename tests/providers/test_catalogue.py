from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from desktop_app.oauth.endpoints import check_browser_url, check_endpoint
from desktop_app.providers.catalogue import PRESETS, Catalogue
from desktop_app.providers.model import Provider
from desktop_app.providers.origins import token_host
from desktop_app.providers.places import ENDPOINTS
from desktop_app.providers.preset import PresetError, parse_preset
from desktop_app.providers.templates import expand, fill

_GOOD = """
id = "{id}"
name = "Good"
protocol = "oauth2"
authorization_endpoint = "https://good.example/authorize"
token_endpoint = "https://good.example/token"

[userinfo_mapping]
subject = "id"
email = ""

[[scope]]
name = "read"
also = ["https://good.example/read"]
asked = true
kind = "see"
text = "See everything"

[[scope]]
name = "write"
kind = "change"
text = "Change everything"
care = true
"""
_PROVIDERS = Catalogue.load().all()
_ANSWERS = {"host": "server.example", "realm": "staff", "application_key": "key"}
# What a token answer or an earlier call fills in, never the person.
_FOUND = {"cloud_id": "1", "user_id": "1", "client_id": "c"}
_FORTY_TWO = [
    "google",
    "microsoft",
    "github",
    "gitlab",
    "codeberg",
    "gitea",
    "bitbucket",
    "mastodon",
    "bluesky",
    "discord",
    "slack",
    "spotify",
    "twitch",
    "x",
    "reddit",
    "dropbox",
    "box",
    "zoom",
    "linkedin",
    "atlassian",
    "strava",
    "openstreetmap",
    "fastmail",
    "yahoo",
    "yandex",
    "vk",
    "mailru",
    "odnoklassniki",
    "orcid",
    "huggingface",
    "wikimedia",
    "notion",
    "nextcloud",
    "musicbrainz",
    "egi-checkin",
    "helmholtz",
    "flickr",
    "tumblr",
    "trello",
    "discogs",
    "zotero",
    "x-oauth1",
]


def test_a_preset_becomes_a_provider() -> None:
    provider = parse_preset(_GOOD.format(id="good"), name="good")
    assert provider.origin == "preset"
    assert provider.scopes == ("read",)
    assert provider.scope_texts["write"].care
    assert provider.scope_aliases == {"https://good.example/read": "read"}
    assert provider.userinfo_mapping.subject == "id"
    assert provider.userinfo_mapping.email is None
    assert provider.userinfo_mapping.name == "name"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("id = ", "Invalid value"),
        ('name = "No id"\nprotocol = "oidc"', "id"),
        ('id = "x"\nname = "X"\nisuer = "https://x.example"', "isuer"),
        ('id = "x"\nname = "X"\nprotocol = "saml"', "protocol"),
        ('id = "x"\nname = "X"\nclient_id = "ours"', "client_id"),
        ('id = "x"\nname = "X"\n[redirect]\nhosts = "a"', "hosts"),
        ('id = "x"\nname = "X"\nguide = "none"', "guide"),
        ('id = "x"\nname = "X"\n[[scope]]\nname = "a"\nkind = "see"', "text"),
        ('id = "x"\nname = "X"\n[[scope]]\nname = "a"\nkind = "eat"\ntext = "b"', "kind"),
        ('id = "x"\nname = "X"\n[[scope]]\nname = "a"\nkind = "see"\ntext = "b"\nc = 1', "`c`"),
        ('id = "x"\nname = 3', "name"),
        ('id = "x"\nname = "X"\nuserinfo_mapping = 1', "userinfo_mapping"),
    ],
)
def test_a_wrong_preset_says_which_file_and_where(wrong: str, reason: str) -> None:
    with pytest.raises(PresetError) as caught:
        parse_preset(wrong, name="broken")
    assert "broken" in caught.value.message
    assert reason in caught.value.message


def test_a_folder_of_presets_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.toml").write_text(_GOOD.format(id=name), encoding="utf-8")
    catalogue = Catalogue.load(tmp_path)
    assert [each.id for each in catalogue.all()] == ["a", "b"]
    assert catalogue.get("nothing") is None


def test_a_file_must_be_named_after_its_provider(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(_GOOD.format(id="b"), encoding="utf-8")
    with pytest.raises(PresetError):
        Catalogue.load(tmp_path)


def test_the_shipped_presets_are_there() -> None:
    assert {each.id for each in _PROVIDERS} >= {"photos", "forgejo", "keycloak", *_FORTY_TWO}
    assert len(list(PRESETS.glob("*.toml"))) == len(_PROVIDERS)


@pytest.mark.parametrize("provider", _PROVIDERS, ids=lambda each: each.id)
def test_a_shipped_preset_is_complete(provider: Provider) -> None:
    assert provider.category in {*("start", "code", "work", "people", "media", "science", "hosted")}
    assert provider.tone in {"", "teal", "blue", "plum", "rose", "sand", "grey"}
    assert 1 <= len(provider.mark) <= 2
    assert provider.scopes or provider.gives != "asked"
    assert set(provider.scopes) <= set(provider.scope_texts)
    assert all(not each.text.endswith(".") for each in provider.scope_texts.values())
    if provider.protocol == "oidc":
        assert "openid" in provider.scopes


@pytest.mark.parametrize("provider", _PROVIDERS, ids=lambda each: each.id)
def test_a_shipped_preset_names_only_addresses_that_coatcheck_goes_to(provider: Provider) -> None:
    provider = expand(provider, _ANSWERS)
    for name in ("issuer", "emails_endpoint", *ENDPOINTS):
        url = getattr(provider, name)
        assert url is None or check_endpoint(fill(url, _FOUND), name=name)
    called = [provider.revocation.call.url] if provider.revocation else []
    for url in (*called, *(lookup.url for lookup in provider.userinfo.lookups)):
        assert check_endpoint(fill(url, _FOUND), name="call")
    assert all(token_host(host) == host for host in provider.token_hosts)
    # A built-in one says it when it runs; Bluesky's differs from account to account.
    assert provider.token_hosts or provider.origin == "built_in" or provider.id == "bluesky"
    for link in (provider.guide.url, provider.guide.docs_url, provider.guide.settings_url):
        assert link is None or check_browser_url(link) == link
        assert link is None or urlsplit(link).scheme == "https"


@pytest.mark.parametrize(
    "provider", [each for each in _PROVIDERS if each.origin == "preset"], ids=lambda each: each.id
)
def test_a_preset_says_how_to_get_a_client_id_and_what_is_not_confirmed(
    provider: Provider,
) -> None:
    assert provider.guide.url
    assert provider.guide.steps
    assert provider.guide.unconfirmed
    for step in (*provider.guide.steps, *provider.guide.unconfirmed):
        assert step.format(redirect_uri="http://127.0.0.1/callback", provider="P")


@pytest.mark.parametrize("provider", _PROVIDERS, ids=lambda each: each.id)
def test_where_nobody_knows_the_redirect_rule_the_person_pastes(provider: Provider) -> None:
    said = any("so you paste the last address" in each for each in provider.guide.unconfirmed)
    assert said == bool(provider.redirect.paste)


@pytest.mark.parametrize(
    "provider", [each for each in _PROVIDERS if each.origin == "preset"], ids=lambda each: each.id
)
def test_a_grant_of_a_preset_can_be_taken_back_here_or_on_a_page_that_is_named(
    provider: Provider,
) -> None:
    here = provider.revocation_endpoint or provider.revocation
    assert here or provider.guide.settings_url


@pytest.mark.parametrize("provider", _PROVIDERS, ids=lambda each: each.id)
def test_a_preset_leaves_no_place_open_that_nothing_fills(provider: Provider) -> None:
    asked = {ask.name for ask in provider.asks} | _FOUND.keys()
    urls = [getattr(provider, name) or "" for name in ("issuer", *ENDPOINTS)]
    places = re.findall(r"\{(\w+)\}", " ".join((*urls, *provider.token_hosts)))
    assert set(places) <= asked


def test_every_sentence_is_handed_to_the_translators() -> None:
    messages = Catalogue.load().messages()
    assert len(set(messages)) == len(messages)
    assert "Delete your photos" in messages
    assert "See your e-mail address" in messages
    assert any("{redirect_uri}" in message for message in messages)
