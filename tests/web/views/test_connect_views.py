"""The connect pages: which providers fit, what one needs, what may be asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from babel import Locale

from desktop_app.providers.model import Guide, Provider, ScopeText
from desktop_app.web.views.connect import address_in, categories
from desktop_app.web.views.setup import setup_view
from desktop_app.web.views.speech import Speech

SPEECH = Speech(translate=lambda text: text, locale=Locale.parse("en"), now=0.0)
GITHUB = Provider(
    id="github",
    name="GitHub",
    origin="preset",
    category="code",
    scopes=("openid", "user"),
    scope_texts={
        "user": ScopeText(kind="see", text="See your profile"),
        "repo": ScopeText(kind="change", text="Change your code", care=True),
    },
    guide=Guide(steps=("Enter {redirect_uri} there.",), url="https://github.com/new"),
)
OWN = Provider(id="works", name="Works", issuer="https://login.works.example")


def found(query: str) -> list[str]:
    shown = categories([(GITHUB, False), (OWN, True)], query, SPEECH)
    return [choice.id for category in shown for choice in category.choices]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["works", "github"]),
        ("git", ["github"]),
        ("HUB", ["github"]),
        ("login.works", ["works"]),
        ("zzz", []),
    ],
)
def test_a_search_finds_by_name_and_address(query: str, ids: list[str]) -> None:
    assert found(query) == ids


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("login.example.org", "login.example.org"),
        (" https://a.example/x ", "https://a.example/x"),
        ("localhost:8080", "localhost:8080"),
        ("github", ""),
        ("me@example.org", ""),
        ("two words.example", ""),
    ],
)
def test_what_looks_like_an_address_is_offered_as_one(typed: str, address: str) -> None:
    assert address_in(typed) == address


def test_the_guide_names_the_redirect_uri() -> None:
    shown = setup_view(GITHUB, ready=False, redirect_uri="http://127.0.0.1/cb", speech=SPEECH)
    assert shown.steps == ["Enter http://127.0.0.1/cb there."]


def test_the_usual_permissions_come_first_and_the_rest_apart() -> None:
    shown = setup_view(GITHUB, ready=False, redirect_uri="", speech=SPEECH)
    assert [(wish.scope, wish.wanted) for wish in shown.wishes] == [
        ("openid", True),
        ("user", True),
    ]
    assert [(wish.scope, wish.care) for wish in shown.further] == [("repo", True)]
    assert shown.wishes[0].fixed


@pytest.mark.parametrize(
    ("provider", "editable"),
    [
        (GITHUB, True),
        (OWN, True),
        (Provider(id="photos", name="Photos", origin="built_in"), False),
        (Provider(id="x", name="X", token_endpoint="https://x.example/token"), False),
    ],
)
def test_only_what_the_page_can_hold_is_edited_on_it(provider: Provider, editable: bool) -> None:
    shown = setup_view(provider, ready=True, redirect_uri="", speech=SPEECH)
    assert shown.editable is editable


def test_a_secret_is_never_shown_again() -> None:
    own = Provider(id="x", name="X", issuer="https://x.example", client_secret="SECRET")
    assert "SECRET" not in repr(setup_view(own, ready=True, redirect_uri="", speech=SPEECH))


def test_the_redirect_uri_is_shown_to_copy_only_where_the_provider_asks_for_it() -> None:
    def shown(*steps: str) -> str:
        provider = replace(GITHUB, guide=Guide(steps=steps))
        uri = "http://127.0.0.1/cb"
        return setup_view(provider, ready=False, redirect_uri=uri, speech=SPEECH).redirect_uri

    assert shown("Enter {redirect_uri} there.") == "http://127.0.0.1/cb"
    assert shown() == "http://127.0.0.1/cb"
    assert shown("Choose “Desktop app”. It needs no address.") == ""


def test_the_built_in_service_is_one_choice_and_its_older_way_a_link_on_its_page() -> None:
    photos = Provider(id="photos", name="Photos", origin="built_in", category="start")
    older = replace(photos, id="photos-oauth1", name="Photos, the older way", protocol="oauth1")
    choices = [(photos, True), (older, True)]
    for query, expected in (("", ["photos"]), ("older", ["photos-oauth1"])):
        shown = categories(choices, query, SPEECH)
        assert [each.id for category in shown for each in category.choices] == expected
    page = setup_view(photos, ready=True, redirect_uri="", speech=SPEECH)
    assert page.older == "photos-oauth1"
    assert setup_view(older, ready=True, redirect_uri="", speech=SPEECH).older == ""
