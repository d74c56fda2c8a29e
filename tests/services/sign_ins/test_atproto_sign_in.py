"""Signing in at Bluesky and its like, from a name to a kept account."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from desktop_app.errors import AppError
from desktop_app.providers.catalogue import Catalogue
from desktop_app.services.accounts import Grant, Profile, SignIn
from desktop_app.services.providers.readiness import is_ready
from tests.support import shipped
from tests.support.atproto_network import DID, HANDLE, AtprotoNetwork
from tests.support.rig import Rig, get

OTHER = "did:plc:z72i7hdynmk6r22z27h6tvur"

Story = Callable[[Rig, AtprotoNetwork], Awaitable[None]]


def at_bluesky(story: Story) -> None:
    """Run *story* with the preset as it ships, its addresses those of the stand-in."""

    async def run() -> None:
        async with AtprotoNetwork() as network:
            preset = shipped.catalogue().get("bluesky")
            assert preset is not None
            there = replace(preset, atproto=network.rules)
            async with Rig(catalogue=Catalogue([there])) as rig:
                await story(rig, network)

    asyncio.run(run())


async def finish(rig: Rig, network: AtprotoNetwork, view: SignIn) -> SignIn:
    address, answer = network.authorize(view.authorization_url or "")
    status, _ = await asyncio.to_thread(get, f"{address}?{urlencode(answer)}")
    assert status == 200
    return await rig.wait_over(view.id)


async def sign_in(
    rig: Rig, network: AtprotoNetwork, name: str | None = HANDLE, **options: Any
) -> SignIn:
    view = await rig.sign_ins.start(provider_id="bluesky", login_hint=name, **options)
    return await finish(rig, network, view)


async def signed_in(
    rig: Rig, network: AtprotoNetwork, name: str | None = HANDLE, **options: Any
) -> Profile:
    done = await sign_in(rig, network, name, **options)
    assert done.status == "completed", done.message
    return rig.profiles.get(done.profile_id or "")


def grant_of(profile: Profile) -> Grant:
    assert profile.grant is not None
    return profile.grant


def test_a_name_leads_to_an_account() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        assert is_ready(rig.providers.get("bluesky"))
        profile = await signed_in(rig, network)
        assert (profile.issuer, profile.subject) == (network.issuer, DID)
        assert (profile.username, profile.name) == (HANDLE, "Maria Sample")
        assert profile.email is None
        grant = grant_of(profile)
        assert grant.token_type == "DPoP"
        assert grant.dpop_key is not None
        assert grant.scopes_granted == ("atproto",)
        assert {"pkce", "state", "iss", "par", "dpop"} <= set(grant.protections)

    at_bluesky(story)


def test_the_client_is_the_protocols_own_for_programs_on_this_machine() -> None:
    """AT Protocol, OAuth specification, "Localhost Client Development"."""

    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        view = await rig.sign_ins.start(provider_id="bluesky", login_hint=f"@{HANDLE.upper()}")
        (pushed,) = network.pushed.values()
        client = urlsplit(pushed["client_id"])
        assert f"{client.scheme}://{client.netloc}{client.path}" == "http://localhost"
        told = {"redirect_uri": ["http://127.0.0.1/callback"], "scope": ["atproto"]}
        assert parse_qs(client.query) == told
        assert pushed["redirect_uri"] == view.redirect_uri
        assert pushed["login_hint"] == HANDLE

    at_bluesky(story)


def test_the_account_is_renewed_with_the_same_key() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        profile = await signed_in(rig, network)
        network.document(DID, "renamed.test")
        network.names["renamed.test"] = DID
        renewed = await rig.tokens.refresh(profile.id)
        assert grant_of(renewed).access_token != grant_of(profile).access_token
        assert grant_of(renewed).dpop_key == grant_of(profile).dpop_key
        assert renewed.username == "renamed.test"

    at_bluesky(story)


def test_signing_in_again_names_the_account_for_ever() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        profile = await signed_in(rig, network)
        network.document(DID, "renamed.test")
        network.names["renamed.test"] = DID
        again = await signed_in(rig, network, None, for_profile=profile.id)
        assert again.id == profile.id
        assert again.username == "renamed.test"

    at_bluesky(story)


@pytest.mark.parametrize("name", [DID, None])
def test_an_identifier_or_no_name_will_do(name: str | None) -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        profile = await signed_in(rig, network, name)
        assert (profile.subject, profile.username) == (DID, HANDLE)
        assert grant_of(profile).userinfo_endpoint == (
            f"{network.server}/xrpc/com.atproto.server.getSession"
        )

    at_bluesky(story)


def test_an_account_on_a_web_host_is_found() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        did = "did:web:" + network.server.removeprefix("http://").replace(":", "%3A")
        network.document(did, HANDLE)
        network.names[HANDLE] = network.signs_in = did
        assert (await signed_in(rig, network)).subject == did

    at_bluesky(story)


def test_a_name_that_only_the_dns_knows_is_asked_for_at_a_service() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        network.known_names, network.names = network.names, {}
        assert (await signed_in(rig, network)).username == HANDLE

    at_bluesky(story)


def test_more_permissions_are_told_in_the_client_id_and_bring_the_address() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        profile = await signed_in(rig, network, scopes=["transition:email"])
        assert grant_of(profile).scopes_granted == ("atproto", "transition:email")
        assert profile.email == "maria@example.org"

    at_bluesky(story)


@pytest.mark.parametrize(
    "name",
    ["", "maria", "maria.local", "maria..test", "did:key:z6Mk", "did:plc:short", "nobody.test"],
)
def test_a_name_that_is_none_opens_no_browser(name: str) -> None:
    async def story(rig: Rig, _: AtprotoNetwork) -> None:
        with pytest.raises(AppError) as caught:
            await rig.sign_ins.start(provider_id="bluesky", login_hint=name or ".")
        assert caught.value.code == "account_unknown"
        assert rig.browser.opened == []

    at_bluesky(story)


def test_a_name_that_the_account_does_not_claim_is_not_believed() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        network.names["paypal.test"] = DID
        with pytest.raises(AppError) as caught:
            await rig.sign_ins.start(provider_id="bluesky", login_hint="paypal.test")
        assert caught.value.code == "account_unknown"

    at_bluesky(story)


def test_a_claimed_name_that_does_not_agree_is_not_shown() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        network.document(DID, "somebody-elses.test")
        network.names["somebody-elses.test"] = OTHER
        profile = await signed_in(rig, network, DID)
        assert profile.username is None

    at_bluesky(story)


def test_another_account_than_was_asked_for_is_refused() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        network.document(OTHER, "other.test")
        network.signs_in = OTHER
        done = await sign_in(rig, network)
        assert (done.status, done.error) == ("failed", "subject_mismatch")
        assert rig.profiles.list()[1] == 0

    at_bluesky(story)


def test_a_server_cannot_name_an_account_of_another_one() -> None:
    """Without the check anybody could be anybody (OAuth specification, "Identity")."""

    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        view = await rig.sign_ins.start(provider_id="bluesky")
        network.resource["authorization_servers"] = ["http://127.0.0.1:1"]
        done = await finish(rig, network, view)
        assert (done.status, done.error) == ("failed", "issuer_mismatch")

    at_bluesky(story)


@pytest.mark.parametrize(
    "answer", [{"sub": None}, {"sub": "maria"}, {"scope": "profile"}, {"token_type": "Bearer"}]
)
def test_an_answer_without_a_proven_account_is_refused(answer: dict[str, Any]) -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        network.token_answer = answer
        done = await sign_in(rig, network)
        assert done.status == "failed"
        assert rig.profiles.list()[1] == 0

    at_bluesky(story)


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://another.example"},
        {"require_pushed_authorization_requests": False},
        {"scopes_supported": ["openid"]},
        {"dpop_signing_alg_values_supported": ["RS256"]},
        {"authorization_response_iss_parameter_supported": False},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_a_server_without_the_demanded_protections_gets_nobody(change: dict[str, Any]) -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        network.metadata = change
        with pytest.raises(AppError) as caught:
            await rig.sign_ins.start(provider_id="bluesky", login_hint=HANDLE)
        assert caught.value.code == "discovery_failed"
        assert rig.browser.opened == []

    at_bluesky(story)


@pytest.mark.parametrize(
    "change",
    [
        {"authorization_servers": []},
        {"authorization_servers": ["https://a.example", "https://b.example"]},
        {"authorization_servers": ["https://a.example/path"]},
        {"resource": "https://another.example"},
    ],
)
def test_an_accounts_server_that_names_no_one_place_is_told(change: dict[str, Any]) -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        network.resource = change
        with pytest.raises(AppError):
            await rig.sign_ins.start(provider_id="bluesky", login_hint=HANDLE)
        assert rig.browser.opened == []

    at_bluesky(story)


def test_a_grant_of_a_forgotten_account_needs_a_new_sign_in() -> None:
    async def story(rig: Rig, network: AtprotoNetwork) -> None:
        profile = await signed_in(rig, network)
        network._refresh.clear()
        with pytest.raises(AppError) as caught:
            await rig.tokens.refresh(profile.id)
        assert caught.value.code == "needs_sign_in"

    at_bluesky(story)
