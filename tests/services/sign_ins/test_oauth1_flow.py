"""OAuth 1.0a against a server on oauthlib's server side, with all five signature methods."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.errors import (
    EndpointError,
    InvalidClientError,
    StateMismatchError,
    TokenErrorResponse,
)
from desktop_app.oauth.flow_errors import CallbackNotConfirmedError, ClockRefusedError, SigningError
from desktop_app.services.accounts import Grant, Profile, SignIn
from desktop_app.services.errors import (
    ClientIdNeededError,
    NeedsSignInError,
    NotSupportedError,
    SignInOverError,
)
from tests.support.oauth1_server import CLIENT_SECRET, METHODS, Oauth1Server
from tests.support.rig import Rig, get

Story = Callable[[Rig, Oauth1Server], Awaitable[None]]
PASTE = "https://paste.example/back"


def with_server(story: Story, method: str = "HMAC-SHA1", **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, Oauth1Server() as server:
            await rig.providers.add(server.entry(method, **entry))
            await story(rig, server)

    asyncio.run(run())


async def started(rig: Rig, **options: Any) -> SignIn:
    return await rig.sign_ins.start(provider_id="signed", **options)


async def visited(view: SignIn) -> tuple[int, str]:
    """Go where the browser is sent; the person says yes there, and the answer comes back."""
    return await asyncio.to_thread(get, view.authorization_url or "")


async def signed_in(rig: Rig) -> Profile:
    view = await started(rig)
    assert (await visited(view))[0] == 200
    done = await rig.wait_over(view.id)
    assert done.status == "completed", done.message
    return rig.profiles.get(done.profile_id or "")


def grant_of(profile: Profile) -> Grant:
    assert profile.grant is not None
    return profile.grant


@pytest.mark.parametrize("method", METHODS)
def test_a_sign_in_through_the_loopback_with_each_signature(method: str) -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        profile = await signed_in(rig)
        assert (profile.issuer, profile.subject) == (f"{server.url}/token", "17")
        assert (profile.name, profile.username) == ("Maria Sample", "maria")
        grant = grant_of(profile)
        assert grant.token_secret == server.book.tokens[grant.access_token]
        assert grant.signature_method == method
        assert grant.protections == (f"signed:{method}", "verifier")
        assert (grant.refresh_token, grant.access_token_expires_at) == (None, None)
        signed = [each for each in server.authorizations if each]
        assert all(f'oauth_signature_method="{method}"' in each for each in signed)

    with_server(story, method)


def test_the_address_holds_the_temporary_token_and_the_providers_own_parameters() -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        view = await started(rig, scopes=["read", "write"])
        assert (view.status, view.flow) == ("pending", "redirect")
        assert (view.redirect_uri or "").startswith("http://127.0.0.1:")
        query = parse_qs(urlsplit(view.authorization_url or "").query)
        assert query["name"] == ["Coatcheck"]
        assert query["scope"] == ["read,write"]
        assert query["oauth_token"][0] in server.book.temporary
        assert rig.browser.opened == [view.authorization_url]

    with_server(story, extra_parameters={"name": "Coatcheck"})


@pytest.mark.parametrize("entry", [{}, {"redirect": {"paste": "oob"}}])
def test_the_person_types_the_code_that_the_provider_shows(entry: dict[str, Any]) -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        view = await started(rig, flow="paste", open_browser=False)
        assert (view.flow, view.redirect_uri) == ("paste", None)
        _, shown = await visited(view)
        verifier = parse_qs(shown)["oauth_verifier"][0]
        for wrong in ({"code": "two words"}, {"code": ""}, {"url": "https://paste.example/"}):
            with pytest.raises(InvalidRequestError):
                await rig.sign_ins.redirect(view.id, **wrong)
        await rig.sign_ins.redirect(view.id, code=f" {verifier} ")
        with pytest.raises(SignInOverError):
            await rig.sign_ins.redirect(view.id, code=verifier)
        done = await rig.wait_over(view.id)
        assert done.status == "completed", done.message
        grant = grant_of(rig.profiles.get(done.profile_id or ""))
        assert grant.protections == ("signed:HMAC-SHA1",)

    with_server(story, **entry)


def test_the_final_address_is_pasted_where_nothing_of_ours_listens() -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        view = await started(rig)
        assert (view.flow, view.redirect_uri) == ("paste", PASTE)
        token = parse_qs(urlsplit(view.authorization_url or "").query)["oauth_token"][0]
        server.book.temporary[token]["verifier"] = "the-verifier"
        with pytest.raises(StateMismatchError):
            await rig.sign_ins.redirect(view.id, url=f"{PASTE}?oauth_token=x&oauth_verifier=y")
        final = f"{PASTE}?oauth_token={token}&oauth_verifier=the-verifier"
        await rig.sign_ins.redirect(view.id, url=final)
        assert (await rig.wait_over(view.id)).status == "completed"

    with_server(story, redirect={"paste": PASTE})


def test_a_stray_answer_does_not_end_it() -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        one, other = await started(rig), await started(rig)
        token = parse_qs(urlsplit(other.authorization_url or "").query)["oauth_token"][0]
        for junk in ("", "?oauth_verifier=x", f"?oauth_token={token}&oauth_verifier=x"):
            status, _ = await asyncio.to_thread(get, f"{one.redirect_uri}{junk}")
            assert status == 400
        assert (await visited(one))[0] == 200
        assert (await rig.wait_over(one.id)).status == "completed"
        assert rig.sign_ins.status(other.id).status == "pending"

    with_server(story)


def test_a_person_who_says_no_gives_nothing() -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        server.says_no = True
        view = await started(rig)
        await visited(view)
        done = await rig.wait_over(view.id)
        assert (done.status, done.error) == ("failed", "access_denied")
        assert server.book.tokens == {}

    with_server(story)


def test_a_wrong_code_ends_with_what_the_provider_says() -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        view = await started(rig, flow="paste")
        await visited(view)
        await rig.sign_ins.redirect(view.id, code="not-the-one")
        done = await rig.wait_over(view.id)
        assert (done.status, done.error) == ("failed", "invalid_grant")

    with_server(story)


@pytest.mark.parametrize("spelling", ["True", "TRUE"])
def test_the_confirmation_may_be_spelled_in_any_case(spelling: str) -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        server.confirmed = spelling
        await signed_in(rig)

    with_server(story)


def test_a_callback_that_is_not_confirmed_is_refused() -> None:
    """Without it the sign-in could be finished by somebody else (OAuth 1.0 without the "a")."""

    async def story(rig: Rig, server: Oauth1Server) -> None:
        server.confirmed = "false"
        with pytest.raises(CallbackNotConfirmedError):
            await started(rig)
        assert rig.sign_ins.all() == []

    with_server(story)


def test_a_wrong_client_secret_is_told_at_once() -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        with pytest.raises(InvalidClientError):
            await started(rig)

    with_server(story, client_secret="another-secret")


@pytest.mark.parametrize("method", ["HMAC-SHA256", "PLAINTEXT"])
def test_without_a_secret_there_is_nothing_to_sign_with(method: str) -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        with pytest.raises(ClientIdNeededError):
            await started(rig)

    with_server(story, method, client_secret=None)


def test_there_are_no_codes_for_other_devices() -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        with pytest.raises(InvalidRequestError):
            await started(rig, flow="device")

    with_server(story)


def test_the_token_answer_may_say_who_it_is() -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        server.told = {"user_nsid": "17@N01", "fullname": "Maria"}
        profile = await signed_in(rig)
        assert (profile.subject, profile.name) == ("17@N01", "Maria")
        assert "me" not in server.seen

    mapping = {"subject": "user_nsid", "name": "fullname"}
    with_server(story, userinfo_endpoint=None, userinfo_mapping=mapping)


def test_an_account_is_looked_at_again_by_a_signed_request() -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        profile = await signed_in(rig)
        server.account["who"]["name"] = "Maria Married"
        assert (await rig.tokens.refresh(profile.id)).name == "Maria Married"

    with_server(story)


def test_an_access_that_was_taken_back_needs_a_new_sign_in() -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        profile = await signed_in(rig)
        server.book.tokens.clear()
        with pytest.raises(NeedsSignInError):
            await rig.tokens.refresh(profile.id)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"
        again = await signed_in(rig)
        assert (again.id, again.status) == (profile.id, "active")

    with_server(story)


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((401, "oauth_problem=timestamp_refused"), ClockRefusedError),
        ((401, "oauth_problem=consumer_key_rejected"), InvalidClientError),
        ((400, "nonsense"), TokenErrorResponse),
    ],
)
def test_another_refusal_does_not_end_the_access(
    refusal: tuple[int, str], error: type[Exception]
) -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        profile = await signed_in(rig)
        server.refusal = refusal
        with pytest.raises(error):
            await rig.tokens.refresh(profile.id)
        assert rig.profiles.get(profile.id).status == "active"

    with_server(story)


def test_the_half_that_travels_is_never_lent_alone() -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        profile = await signed_in(rig)
        with pytest.raises(NotSupportedError):
            await rig.tokens.access_token(profile.id)

    with_server(story)


def test_what_cannot_be_taken_back_from_here_is_said() -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        profile = await signed_in(rig)
        revocation = await rig.tokens.revoke(profile.id)
        assert (revocation.revoked, revocation.proof) == ((), "not_supported")

    with_server(story)


def test_no_secret_is_in_an_event_or_a_representation() -> None:
    async def story(rig: Rig, _: Oauth1Server) -> None:
        profile = await signed_in(rig)
        grant = grant_of(profile)
        text = repr((rig.events, profile, grant, rig.sign_ins.all()))
        secrets = (grant.access_token, grant.token_secret or "", CLIENT_SECRET)
        assert not any(secret in text for secret in secrets)

    with_server(story)


def post(url: str, authorization: str, form: bytes) -> tuple[int, str]:
    request = urllib.request.Request(url, form, {"Authorization": authorization})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=120) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize("method", METHODS)
def test_a_signature_opens_what_it_was_made_for_and_nothing_else(method: str) -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        profile = await signed_in(rig)
        url = f"{server.url}/app/private?page=1&page=2"
        header = rig.tokens.oauth1_signature(
            profile.id, method="post", url=url, parameters={"title": "Ünï & co", "empty": ""}
        )
        form = b"title=%C3%9Cn%C3%AF+%26+co&empty="
        status, said = await asyncio.to_thread(post, url, header, form)
        assert status == 200
        # oauthlib's own parsing of the form: blank values are dropped by the echo alone.
        assert json.loads(said) == [["title", "Ünï & co"]]
        again, _ = await asyncio.to_thread(post, url, header, form)
        assert again == 401
        if method != "PLAINTEXT":
            fresh = rig.tokens.oauth1_signature(profile.id, method="POST", url=url, parameters={})
            other, _ = await asyncio.to_thread(post, url, fresh, b"title=another")
            assert other == 401

    with_server(story, method)


@pytest.mark.parametrize(
    "wish",
    [
        {"url": "https://evil.example/app/private"},
        {"url": "http://127.0.0.1:1/app/private"},
        {"url": "{server}.evil.example/"},
        {"url": "{server}@evil.example/"},
        {"url": "nonsense"},
        {"url": "http://[::1/"},
        {"method": "GET /"},
        {"method": ""},
    ],
)
def test_a_signature_for_another_place_is_refused(wish: dict[str, str]) -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        profile = await signed_in(rig)
        wanted = {"method": "GET", "url": f"{server.url}/app/private", **wish}
        wanted["url"] = wanted["url"].replace("{server}", server.url)
        with pytest.raises((InvalidRequestError, EndpointError)):
            rig.tokens.oauth1_signature(profile.id, **wanted, parameters={})

    with_server(story)


def test_the_protocols_own_names_are_not_signed_twice() -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        profile = await signed_in(rig)
        with pytest.raises(SigningError):
            rig.tokens.oauth1_signature(
                profile.id,
                method="POST",
                url=f"{server.url}/app/private",
                parameters={"oauth_token": "another"},
            )

    with_server(story)


def test_without_a_list_of_hosts_a_signature_goes_where_the_grant_goes() -> None:
    async def story(rig: Rig, server: Oauth1Server) -> None:
        profile = await signed_in(rig)
        wish = {"method": "GET", "parameters": {}}
        assert rig.tokens.oauth1_signature(profile.id, url=f"{server.url}/x", **wish)  # type: ignore[arg-type]
        with pytest.raises(InvalidRequestError):
            rig.tokens.oauth1_signature(profile.id, url="https://api.example/x", **wish)  # type: ignore[arg-type]
        await rig.providers.delete("signed")
        assert rig.tokens.oauth1_signature(profile.id, url=f"{server.url}/x", **wish)  # type: ignore[arg-type]

    with_server(story, token_hosts=[])
