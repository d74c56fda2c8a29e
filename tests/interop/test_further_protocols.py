"""Signed answers, resources and pushed requests together, against the npm oidc-provider."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.providers.model import Redirect
from desktop_app.services.tokens.sign_outs import SignOuts
from tests.interop.test_sign_in import SCOPES, grant_of, play, rig_for, signed_in
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider
from tests.support.rig import Rig

PHOTOS = "https://photos.example/"


@pytest.fixture(scope="module")
def peer() -> Iterator[OidcProvider]:
    with running_oidc_provider(everything=True) as provider:
        yield provider


@pytest.mark.parametrize("mode", ["jwt", "query.jwt", "form_post.jwt"])
def test_a_signed_answer_is_proven(peer: OidcProvider, mode: str) -> None:
    async def story() -> None:
        async with rig_for(peer, response_mode=mode) as rig:
            grant = grant_of(rig, await signed_in(rig))
            assert {"jarm", "iss", "par"} <= set(grant.protections)
            assert ("form_post" in grant.protections) == mode.startswith("form_post")

    play(story)


def test_a_person_s_no_can_be_signed_too(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer, response_mode="jwt") as rig:
            view = await rig.sign_ins.start(provider_id="peer")
            browser = ScriptedBrowser(deny=True)
            await asyncio.to_thread(browser.sign_in, view.authorization_url or "")
            over = await rig.wait_over(view.id)
            assert (over.status, over.error) == ("failed", "access_denied")

    play(story)


def test_a_pasted_answer_is_asked_for_in_the_address(peer: OidcProvider) -> None:
    async def story() -> None:
        paste = "https://paste.example/back"
        entry = {"redirect": Redirect(paste=paste), "response_mode": "form_post.jwt"}
        async with rig_for(peer, **entry) as rig:
            view = await rig.sign_ins.start(provider_id="peer", flow="paste")
            page = await asyncio.to_thread(
                ScriptedBrowser().sign_in, view.authorization_url or "", stop_at=paste
            )
            assert set(parse_qs(urlsplit(page.url).query)) == {"response"}
            await rig.sign_ins.redirect(view.id, url=page.url)
            assert (await rig.wait_over(view.id)).status == "completed"

    play(story)


def test_a_pushed_request_has_its_answer_posted(peer: OidcProvider) -> None:
    """RFC 9126 with ``response_mode=form_post``: neither question nor answer in an address."""

    async def story() -> None:
        async with rig_for(peer) as rig:
            grant = grant_of(rig, await signed_in(rig))
            assert {"par", "form_post"} <= set(grant.protections)

    play(story)


@pytest.mark.parametrize("bound", [False, True])
def test_an_access_is_meant_for_one_resource(peer: OidcProvider, bound: bool) -> None:
    """RFC 8707 at PAR, code and refresh; the token says nothing of the rest then."""

    async def story() -> None:
        scopes = (*SCOPES, "photos")
        async with rig_for(peer, scopes=scopes, resources=(PHOTOS,), dpop=bound) as rig:
            profile = await signed_in(rig)
            assert profile.subject == "maria"
            assert grant_of(rig, profile).scopes_granted == ("photos",)
            await rig.tokens.refresh(profile.id)
            assert grant_of(rig, profile).scopes_granted == ("photos",)
            looked_up = await rig.tokens.introspect(profile.id)
            assert (looked_up["aud"], looked_up["scope"]) == ("photos", "photos")

    play(story)


def test_the_person_is_signed_out_where_they_signed_in(peer: OidcProvider) -> None:
    """RP-Initiated Logout: the provider asks, and its session is over after the yes."""

    async def story() -> None:
        async with rig_for(peer) as rig:
            browser = ScriptedBrowser()
            profile = await signed_in(rig, browser)
            assert await asks_for_a_login(rig, browser) is False
            outs = SignOuts(browser=rig.browser, random=secrets.token_bytes)
            leaving = outs.begin(rig.profiles.get(profile.id), language="en")
            assert leaving is not None
            page = await asyncio.to_thread(browser.sign_in, leaving.url)
            assert page.status == 200
            assert await asks_for_a_login(rig, browser) is True

    play(story)


async def asks_for_a_login(rig: Rig, browser: ScriptedBrowser) -> bool:
    """Tell whether a new sign-in begins with the provider's own."""
    view = await rig.sign_ins.start(provider_id="peer")
    first = await asyncio.to_thread(browser.first_page, view.authorization_url or "")
    await rig.sign_ins.cancel(view.id)
    return "name=login" in first.text
