"""DPoP-bound grants against the npm oidc-provider, which wants a nonce in every proof."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktop_app.oauth.dpop import new_dpop_key
from desktop_app.services.accounts import Profile
from desktop_app.services.errors import NeedsSignInError
from desktop_app.services.tokens.signatures import SomeRequest
from tests.interop.test_sign_in import grant_of, play, questions, rig_for, signed_in
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider
from tests.support.rig import Rig


@pytest.fixture(scope="module")
def peer() -> Iterator[OidcProvider]:
    with running_oidc_provider(everything=True) as provider:
        yield provider


def ask(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=120) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_a_bound_grant_is_pushed_redeemed_renewed_and_shown(peer: OidcProvider) -> None:
    """PAR with ``dpop_jkt`` and a proof, form_post, code, userinfo, refresh, revocation."""

    async def story() -> None:
        async with rig_for(peer, dpop=True) as rig:
            profile = await signed_in(rig)
            assert profile.name == "Maria Sample"
            first = grant_of(rig, profile)
            assert first.token_type == "DPoP"
            assert {"par", "dpop", "form_post", "iss"} <= set(first.protections)
            peer.set(name="Maria Bound")
            assert (await rig.tokens.refresh(profile.id)).name == "Maria Bound"
            second = grant_of(rig, profile)
            assert second.refresh_token != first.refresh_token
            assert second.dpop_key == first.dpop_key
            assert (await rig.tokens.introspect(profile.id))["token_type"] == "DPoP"
            assert (await rig.tokens.access_token(profile.id)).token_type == "DPoP"
            assert (await rig.tokens.revoke(profile.id)).proof == "provider_confirmed"
            ended = grant_of(rig, profile)
            assert (ended.access_token, ended.dpop_key) == ("", None)

    play(story)


def test_a_nonce_is_asked_for_once_and_remembered(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer, dpop=True) as rig:
            profile = await signed_in(rig)
            await rig.tokens.refresh(profile.id)
            before = peer.stats()["token"]
            await rig.tokens.refresh(profile.id)
            assert peer.stats()["token"] == before + 1

    play(story)


def test_another_key_can_t_use_the_refresh_token(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer, dpop=True) as mine, rig_for(peer) as thief:
            profile = await signed_in(mine)
            kept = mine.profiles.get(profile.id)
            stolen = replace(grant_of(mine, profile), dpop_key=new_dpop_key())
            await thief.profile_store.save(replace(kept, grant=stolen))
            with pytest.raises(NeedsSignInError):
                await thief.tokens.refresh(profile.id)
            assert (await mine.tokens.refresh(profile.id)).status == "active"

    play(story)


def test_a_program_s_own_request_is_proven(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer, dpop=True) as rig:
            profile = await signed_in(rig)
            status, headers, _ = await proven(rig, profile, peer, nonce=None)
            nonce = headers.get("dpop-nonce") or headers.get("DPoP-Nonce")
            status, _, body = await proven(rig, profile, peer, nonce=nonce)
            assert (status, json.loads(body)["sub"]) == (200, "maria")

    play(story)


async def proven(
    rig: Rig, profile: Profile, peer: OidcProvider, *, nonce: str | None
) -> tuple[int, dict[str, str], bytes]:
    url = f"{peer.issuer}/me"
    made = await rig.tokens.dpop_proof(profile.id, SomeRequest(method="get", url=url, nonce=nonce))
    headers = {"DPoP": made.dpop, "Authorization": made.authorization}
    return await asyncio.to_thread(ask, url, headers)


def test_a_client_that_proves_itself_makes_the_whole_request_anew() -> None:
    """The second try must have another assertion: the first one's identifier is used up."""

    async def story() -> None:
        entry = {
            "client_id": "coatcheck-jwt",
            "client_secret": "a-secret-of-at-least-thirty-two-bytes!",
            "client_authentication": "client_secret_jwt",
        }
        with running_oidc_provider(everything=True) as strict:
            async with rig_for(strict, dpop=True, **entry) as rig:
                profile = await signed_in(rig)
                assert "dpop" in grant_of(rig, profile).protections
                await rig.tokens.refresh(profile.id)

    play(story)


def test_a_code_typed_on_another_device_can_be_bound_too(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer, client_id="coatcheck-device", dpop=True) as rig:
            before = peer.stats()["token"]
            view = await rig.sign_ins.start(provider_id="peer", flow="device")
            rig.clock.now += 5
            await questions(peer, before + 2)
            page = await asyncio.to_thread(
                ScriptedBrowser().sign_in, view.verification_uri_complete or ""
            )
            assert page.status == 200
            rig.clock.now += 5
            done = await rig.wait_over(view.id)
            assert done.status == "completed", done.message
            profile = rig.profiles.get(done.profile_id or "")
            grant = grant_of(rig, profile)
            assert grant.protections == ("device_code", "dpop", "id_token:RS256")
            await rig.tokens.refresh(profile.id)

    play(story)
