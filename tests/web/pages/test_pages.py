"""The pages over a real socket: who sees them, what they say, what they never say."""

from __future__ import annotations

import asyncio
import html
from dataclasses import replace

import pytest

from desktop_app.services.keeping import StoreDamage, VaultInfo
from tests.support.made_up import NOW, grant, profile, sign_in
from tests.support.pages import Pages
from tests.web.pages.conftest import Visitor

PATHS = [
    "/",
    "/?query=sample&provider=google",
    "/user/sample",
    "/calendar",
    "/user/sample/permissions",
    "/user/coder/permissions",
    "/take-back",
    "/user/photos-anna",
    "/user/coder",
    "/user/old",
    "/connect",
    "/connect?query=git",
    "/connect/github",
    "/connect/photos",
    "/connect/keycloak",
    "/connect/bluesky",
    "/connect/example-works",
    "/connect/openid",
    "/sign-ins/waiting",
    "/sign-ins/unopened",
    "/sign-ins/denied",
    "/sign-ins/failed",
    "/programs",
    "/activity",
    "/activity?program=git&profile=coder&outcome=given",
    "/activity?check=yes",
    "/activity?offset=nonsense",
    "/settings",
    "/restore",
]


@pytest.mark.parametrize("path", PATHS)
def test_the_person_sees_each_page(person: Visitor, path: str) -> None:
    page = person.get(path)
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert '<main class="page" id="content"' in page.text


def test_a_provider_that_gives_everything_is_said_to(person: Visitor) -> None:
    assert "gives the whole account" in person.get("/connect/codeberg").text


def test_an_unknown_method_gets_the_page_about_errors(stranger: Visitor) -> None:
    """Tornado refuses it before the handler could prepare anything."""
    page = stranger.get("/", method="BREW")
    assert (page.status, 'class="card door"' in page.text) == (405, True)


def test_bluesky_asks_for_a_name_and_for_no_client_id(person: Visitor) -> None:
    page = person.get("/connect/bluesky").text
    assert "Your name at Bluesky" in page
    assert "No client ID is needed." in page
    assert "Sign in with your browser" in page


def test_an_address_is_asked_for_what_is_there_and_kept_if_nobody_answers(
    person: Visitor,
) -> None:
    page = person.get("/connect/openid?ask=yes&issuer=https://login.works.example").text
    assert 'value="https://login.works.example"' in page
    assert "No client ID is needed." not in page
    assert 'name="client_id"' in page


@pytest.mark.parametrize(
    ("redirect_uri", "words"),
    [
        ("https://localhost/callback", "Give this address to nobody."),
        (None, "Give this code to nobody."),
    ],
)
def test_what_is_pasted_has_its_place_on_the_page_and_a_warning(
    pages: Pages, person: Visitor, redirect_uri: str | None, words: str
) -> None:
    pasting = sign_in(id="pasting", flow="paste", redirect_uri=redirect_uri)
    pages.sign_ins.things[pasting.id] = pasting
    page = person.get("/sign-ins/pasting").text
    assert words in page
    assert "Whoever else asks you for it wants to get into your account." in page
    assert "<dialog" not in page.partition("</main>")[0]


def test_pasting_where_the_browser_failed_comes_with_the_warning_too(person: Visitor) -> None:
    assert "Give this address to nobody." in person.get("/sign-ins/waiting").text


@pytest.mark.parametrize("name", ["photos", "photos-oauth1", "google", "flickr", "vk", "bluesky"])
def test_how_well_a_sign_in_will_be_protected_is_said_of_every_kind_of_provider(
    person: Visitor, name: str
) -> None:
    page = person.get(f"/connect/{name}?ask=yes").text
    assert "How well it is protected" in page
    assert 'class="list flat abilities"' in page


def test_a_server_where_coatcheck_registers_itself_needs_its_name_alone(person: Visitor) -> None:
    page = person.get("/connect/mastodon").text
    assert "Coatcheck registers itself with Mastodon." in page
    assert '<div class="card fields" id="by-hand" hidden>' in page


def test_the_protection_of_a_sign_in_is_shown_before_it(person: Visitor) -> None:
    page = person.get("/connect/github").text
    assert "How well it is protected" in page
    assert "PKCE" in page


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_sent_away_from_each_page(stranger: Visitor, path: str) -> None:
    page = stranger.get(path)
    assert page.status == 302
    assert page.headers["Location"].startswith("/signed-out")


@pytest.mark.parametrize("path", [*PATHS, "/unlock", "/user/coder/picture"])
def test_a_foreign_page_gets_nothing(person: Visitor, path: str) -> None:
    assert person.get(path, Sec_Fetch_Site="cross-site").status == 403
    assert person.get(path, Origin="https://evil.example").status == 403


@pytest.mark.parametrize(
    "path", ["/user/nobody", "/sign-ins/none", "/connect/none", "/no/page", "/activity.xml"]
)
def test_what_is_not_there_is_said_in_a_page(person: Visitor, path: str) -> None:
    page = person.get(path)
    assert page.status == 404
    assert "There is nothing here" in page.text
    assert 'href="/"' in page.text


def test_no_page_holds_a_secret(person: Visitor) -> None:
    assert not any("SECRET" in person.get(path).text for path in PATHS)


def test_no_page_has_inline_code(person: Visitor) -> None:
    """The policy refuses it; a page that needed it would be broken."""
    for path in PATHS:
        text = person.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick=" not in text


def test_what_a_provider_says_is_escaped(pages: Pages, person: Visitor) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    pages.profiles.things["sample"] = profile(
        name=nasty, username=nasty, email=nasty, label="", claims={nasty: nasty}
    )
    assert nasty not in person.get("/").text
    assert nasty not in person.get("/user/sample").text


def test_a_query_is_escaped(person: Visitor) -> None:
    nasty = "%22%3E%3Cscript%3E.x"
    assert '"><script>' not in person.get(f"/?query={nasty}").text
    assert '"><script>' not in person.get(f"/connect?query={nasty}").text
    assert '"><script>' not in person.get(f"/connect/openid?address={nasty}").text


def test_nobody_connected_yet_is_welcomed(pages: Pages, person: Visitor) -> None:
    pages.profiles.things.clear()
    text = person.get("/").text
    assert "Try it with the built-in photo service" in text
    assert 'href="/connect/photos"' in text


def test_the_search_narrows_the_accounts(person: Visitor) -> None:
    text = person.get("/?query=coder").text
    assert "1 account<" in text
    assert 'id="account-coder"' in text
    assert 'id="account-sample"' not in text


def test_the_filter_narrows_to_one_provider(person: Visitor) -> None:
    text = person.get("/?provider=google").text
    assert "2 accounts" in text
    assert '<option value="google" selected>' in text


def test_the_calendar_says_what_ends_and_what_renews_itself(person: Visitor) -> None:
    text = person.get("/calendar").text
    places = [text.index(name) for name in ("Sample Office", "S. Person", "Sample Lab", "Coder")]
    assert places == sorted(places)
    assert "Renews itself until <time" in text
    assert "it would end on 5 November" in text


def test_a_calendar_without_accounts_says_so(pages: Pages, person: Visitor) -> None:
    pages.profiles.things.clear()
    assert "nothing ends" in person.get("/calendar").text
    assert "nothing to take back" in person.get("/take-back").text


def test_before_everything_is_taken_back_it_says_who_will_be_told(person: Visitor) -> None:
    text = person.get("/take-back").text
    assert text.index("Told at once") < text.index("Anna Albers") < text.index("For you to do")
    assert text.index("For you to do") < text.index("Sample Coder")
    assert "Take all 6 accounts back?" in text


def test_what_could_be_asked_for_stands_beside_what_was_given(person: Visitor) -> None:
    text = person.get("/user/sample/permissions").text
    had, further = text.index("What it has now"), text.index("What you could ask for")
    assert had < text.index("Asked for, not given") < further
    assert further < text.index("Read all your mail")
    # Of a preset, only what its provider is known to take.
    assert 'value="phone"' not in text


def test_where_everything_is_given_there_is_nothing_to_ask_for(
    pages: Pages, person: Visitor
) -> None:
    pages.profiles.things["cloud"] = profile(id="cloud", provider="forgejo")
    assert "More or fewer" not in person.get("/user/cloud").text
    assert "whatever is asked for" in person.get("/user/cloud/permissions").text


def test_another_account_than_was_meant_is_said_to_be(pages: Pages, person: Visitor) -> None:
    assert "another account" in person.get("/user/sample?instead_of=works").text
    for nobody in ("sample", "nobody", ""):
        assert "another account" not in person.get(f"/user/sample?instead_of={nobody}").text
    done = sign_in(
        id="other",
        status="completed",
        profile_id="sample",
        for_profile="works",
        authorization_url=None,
    )
    pages.sign_ins.things["other"] = done
    page = person.get("/sign-ins/other")
    assert page.headers["Location"] == "/user/sample?instead_of=works"


def test_the_profile_shows_requested_against_granted(person: Visitor) -> None:
    text = person.get("/user/sample").text
    assert "Asked for, not given" in text
    assert "<s>Read, write, send and delete all your mail</s>" in text


def test_the_kept_picture_is_served_from_the_disk(person: Visitor) -> None:
    page = person.get("/user/coder/picture")
    assert (page.status, page.headers["Content-Type"]) == (200, "image/png")
    assert page.body.startswith(b"\x89PNG")
    assert person.get("/user/sample/picture").status == 404


def test_a_stranger_gets_no_picture(stranger: Visitor) -> None:
    assert stranger.get("/user/coder/picture").status == 302


def test_a_completed_sign_in_leads_to_its_account(person: Visitor) -> None:
    page = person.get("/sign-ins/done")
    assert (page.status, page.headers["Location"]) == (302, "/user/sample")


def test_a_sign_in_that_failed_says_why_and_offers_another_try(person: Visitor) -> None:
    text = person.get("/sign-ins/failed").text
    assert "refused the connection" in text
    assert "Try again" in text


def test_another_try_goes_the_same_way(pages: Pages, person: Visitor) -> None:
    pages.sign_ins.things["late"] = sign_in(id="late", status="expired", flow="device")
    text = html.unescape(person.get("/sign-ins/late").text)
    assert '{"provider": "github", "flow": "device"}' in text


def test_an_account_that_signs_says_how(pages: Pages, person: Visitor) -> None:
    kept = grant(
        refresh_token=None,
        access_token_expires_at=None,
        token_secret="the-secret",
        signature_method="HMAC-SHA1",
        protections=("signed:HMAC-SHA1", "verifier"),
    )
    pages.profiles.things["signer"] = profile(id="signer", provider="flickr", grant=kept)
    page = person.get("/user/signer")
    assert page.status == 200
    assert "signed, HMAC-SHA1" in page.text
    assert "the-secret" not in page.text


def test_a_bound_account_names_its_protections_and_what_it_is_for(
    pages: Pages, person: Visitor
) -> None:
    kept = grant(
        token_type="DPoP",
        dpop_key="the-key",
        protections=("pkce", "state", "par", "dpop", "jarm"),
        resources=("https://api.example/",),
    )
    pages.profiles.things["bound"] = profile(id="bound", grant=kept)
    text = html.unescape(person.get("/user/bound").text)
    assert "<dt>DPoP</dt><dd>bound to a key that never leaves this computer</dd>" in text
    assert "<dt>PAR</dt><dd>what was asked for didn’t go through the browser</dd>" in text
    assert "<dt>JARM</dt><dd>the answer was signed by the provider</dd>" in text
    assert "<dt>Meant for</dt><dd>https://api.example/</dd>" in text
    assert "the-key" not in text


def test_signing_out_is_offered_where_the_provider_has_a_page_and_never_ticked(
    pages: Pages, person: Visitor
) -> None:
    page = "https://accounts.example.org/signed-out"
    kept = grant(end_session_endpoint=page, id_token="the-id-token")
    pages.profiles.things["leaver"] = profile(id="leaver", grant=kept)
    text = person.get("/user/leaver").text
    assert text.count('<input type="checkbox" name="sign_out">') == 2
    assert "the-id-token" not in text
    pages.profiles.things["leaver"] = profile(id="leaver", grant=grant(id_token="the-id-token"))
    assert "sign_out" not in person.get("/user/leaver").text.replace(
        'data-query="revoke sign_out"', ""
    )


def test_an_expired_sign_in_says_so(pages: Pages, person: Visitor) -> None:
    pages.sign_ins.things["late"] = sign_in(id="late", status="expired", authorization_url=None)
    assert "The sign-in took too long" in person.get("/sign-ins/late").text


def test_a_code_for_another_device_stands_there_in_big_letters_and_as_a_drawing(
    pages: Pages, person: Visitor
) -> None:
    pages.sign_ins.things["typed"] = sign_in(
        id="typed",
        flow="device",
        authorization_url=None,
        redirect_uri=None,
        user_code="WDJB-MJHT",
        verification_uri="https://photos.example/<device>",
    )
    page = person.get("/sign-ins/typed")
    assert '<p class="user-code" id="user-code" translate="no">WDJB-MJHT</p>' in page.text
    assert "Go to <strong>photos.example/&lt;device&gt;</strong> and enter" in page.text
    assert f'data-countdown="{int(NOW) + 570}">9:30<' in page.text
    drawing = page.text.split('<svg class="qr"')[1].split("</svg>")[0]
    assert 'd="M0 0h7v1h-7z' in drawing
    assert "style" not in drawing
    assert "Paste the address" not in page.text


def test_a_code_that_the_provider_shows_at_the_end_has_its_own_field(
    pages: Pages, person: Visitor
) -> None:
    pages.sign_ins.things["typed"] = sign_in(id="typed", flow="paste", redirect_uri=None)
    text = person.get("/sign-ins/typed").text
    assert '<input class="input mono" id="code" name="code" required' in text
    assert "Paste the address" not in text


@pytest.mark.parametrize(("provider", "offered"), [("twitch", True), ("bitbucket", False)])
def test_another_device_is_offered_where_it_may_work(
    person: Visitor, provider: str, offered: bool
) -> None:
    text = person.get(f"/connect/{provider}").text
    assert ("Sign in on another device" in text) == offered


def test_locked_leads_to_the_door(pages: Pages, person: Visitor) -> None:
    pages.keys.shown = replace(pages.keys.shown, state="locked")
    assert person.get("/").headers["Location"] == "/unlock"
    page = person.get("/unlock")
    assert page.status == 200
    assert "Coatcheck is locked" in page.text
    assert "Sample Person" not in page.text


def test_a_new_folder_asks_for_a_passphrase_and_says_why(pages: Pages, person: Visitor) -> None:
    problem = "This system has no keyring that Coatcheck can use. Use a passphrase instead."
    pages.keys.shown = VaultInfo(state="new", keyring_usable=False, keyring_problem=problem)
    text = person.get("/unlock").text
    assert "Choose a passphrase" in text
    assert problem in text


def test_the_door_of_an_open_house_leads_in(person: Visitor) -> None:
    assert person.get("/unlock").headers["Location"] == "/"


def test_a_stranger_does_not_see_the_door(pages: Pages, stranger: Visitor) -> None:
    pages.keys.shown = replace(pages.keys.shown, state="locked")
    assert stranger.get("/unlock").headers["Location"].startswith("/signed-out")


def test_a_key_in_a_file_is_shown_as_such(pages: Pages, person: Visitor) -> None:
    pages.keys.shown = VaultInfo(state="unlocked", key_file="/keys/coatcheck.key")
    text = person.get("/settings").text
    assert "/keys/coatcheck.key" in text
    assert "Whoever can read this file" in text


def test_the_last_way_to_unlock_cannot_be_switched_off(pages: Pages, person: Visitor) -> None:
    pages.keys.shown = VaultInfo(state="unlocked", keyring=True, keyring_usable=True)
    text = person.get("/settings").text
    assert 'name="keyring" aria-labelledby="keyring-label" checked disabled' in text
    assert "Remove…" not in text


def test_signed_out_tells_a_stranger_nothing(stranger: Visitor) -> None:
    page = stranger.get(
        "/signed-out",
        Sec_Fetch_Site="cross-site",
        Sec_Fetch_Mode="navigate",
        Sec_Fetch_Dest="document",
    )
    assert page.status == 200
    assert "xsrf" not in page.text
    assert "Sample" not in page.text


@pytest.mark.parametrize(("language", "said"), [("en", "Accounts"), ("ru", "Учётные записи")])
def test_the_window_speaks_the_chosen_language(
    pages: Pages, person: Visitor, language: str, said: str
) -> None:
    pages.preferences.values = {"language": language}
    text = person.get("/").text
    assert f'<html lang="{language}"' in text
    assert f"<h1>{said}</h1>" in text


def test_the_systems_language_is_the_browsers(person: Visitor) -> None:
    text = person.get("/", Accept_Language="ru-RU,ru;q=0.9").text
    assert '<html lang="ru"' in text


def test_the_chosen_theme_wins_over_the_systems(pages: Pages, person: Visitor) -> None:
    assert "data-theme" not in person.get("/").text.partition(">")[2][:200]
    pages.preferences.values = {"theme": "dark"}
    for path in ("/", "/signed-out", "/user/nobody", "/nowhere"):
        assert '<html lang="en" data-theme="dark">' in person.get(path).text


def test_two_thousand_accounts_are_not_too_many(pages: Pages, person: Visitor) -> None:
    """Nothing is looked up once for each account and each other account."""
    for number in range(2_000):
        name = f"p{number}"
        asyncio.run(pages.profiles.save(profile(id=name, subject=name, name=name)))
    assert "2007 accounts" in person.get("/").text


@pytest.mark.parametrize("accounts", [True, False])
def test_a_damaged_file_is_told_on_the_first_page(
    pages: Pages, person: Visitor, accounts: bool
) -> None:
    if not accounts:
        pages.profiles.things.clear()
    assert "damaged" not in person.get("/").text
    pages.services.lock.damage = StoreDamage(entries=2, kept_as="profiles.db.damaged-1")  # type: ignore[misc]
    text = person.get("/").text
    assert "2 entries could not be read" in text
    assert "profiles.db.damaged-1" in text
