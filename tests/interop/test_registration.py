"""Connecting where nobody has a client ID, against the npm oidc-provider."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.oauth.errors import RegistrationError
from desktop_app.oauth.flow_errors import InitialTokenNeededError, InitialTokenRefusedError
from desktop_app.services.accounts import Profile, SignIn
from desktop_app.services.errors import NeedsSignInError
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider
from tests.support.rig import Rig

Story = Callable[[Rig, OidcProvider], Awaitable[None]]


@pytest.fixture(scope="module")
def everything() -> Iterator[OidcProvider]:
    with running_oidc_provider(everything=True) as provider:
        yield provider


@pytest.fixture
def peer(everything: OidcProvider) -> OidcProvider:
    everything.forget_clients()
    return everything


def play(peer: OidcProvider, story: Story) -> None:
    async def run() -> None:
        async with Rig() as rig:
            await rig.providers.add({"id": "peer", "issuer": peer.issuer, "register": True})
            await story(rig, peer)

    asyncio.run(run())


async def start(rig: Rig) -> SignIn:
    return await rig.sign_ins.start(provider_id="peer")


async def finish(rig: Rig, view: SignIn) -> Profile:
    page = await asyncio.to_thread(ScriptedBrowser().sign_in, view.authorization_url or "")
    assert page.url.endswith("/done")
    done = await rig.wait_over(view.id)
    assert done.status == "completed", done.message
    return rig.profiles.get(done.profile_id or "")


def client_of(profile: Profile) -> str:
    assert profile.grant is not None
    return profile.grant.client_id


def test_registers_once_and_signs_in_with_what_it_got(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        first = await finish(rig, await start(rig))
        again = await finish(rig, await start(rig))
        (client,) = peer.registered()
        assert client_of(first) == client_of(again) == client["client_id"]
        assert client["application_type"] == "native"
        assert client["client_name"] == "Coatcheck"
        renewed = await rig.tokens.refresh(again.id)
        assert renewed.status == "active"

    play(peer, story)


def test_several_at_once_have_a_port_each(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        views = [await start(rig) for _ in range(4)]
        assert len({urlsplit(view.redirect_uri or "").port for view in views}) == 4
        for view in views:
            await finish(rig, view)
        assert len(peer.registered()) == 1

    play(peer, story)


def test_forgotten_client_is_noticed_and_made_anew(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        old = await finish(rig, await start(rig))
        peer.forget_clients()
        with pytest.raises(NeedsSignInError):
            await rig.tokens.refresh(old.id)
        assert rig.profiles.get(old.id).status == "needs_sign_in"
        new = await finish(rig, await start(rig))
        assert new.id == old.id
        assert client_of(new) != client_of(old)
        assert new.status == "active"

    play(peer, story)


def test_a_secret_that_is_over_is_noticed_and_the_client_made_anew(peer: OidcProvider) -> None:
    """RFC 7591 section 3.2.1: ``client_secret_expires_at``."""

    async def story(rig: Rig, peer: OidcProvider) -> None:
        entry = {"id": "secret", "issuer": peer.issuer, "register": True}
        await rig.providers.add({**entry, "client_authentication": "client_secret_basic"})
        old = await finish(rig, await rig.sign_ins.start(provider_id="secret"))
        assert (await rig.tokens.refresh(old.id)).status == "active"
        peer.end_secrets()
        with pytest.raises(NeedsSignInError):
            await rig.tokens.refresh(old.id)
        new = await finish(rig, await rig.sign_ins.start(provider_id="secret"))
        assert (new.id, new.status) == (old.id, "active")
        assert client_of(new) != client_of(old)

    play(peer, story)


def test_a_client_made_anew_is_used_and_the_old_one_s_account_stays(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        old = await finish(rig, await start(rig))
        await rig.providers.register_anew("peer")
        assert len(peer.registered()) == 2
        assert (await rig.tokens.refresh(old.id)).status == "active"
        new = await finish(rig, await start(rig))
        assert new.id == old.id
        assert client_of(new) != client_of(old)
        await rig.providers.delete("peer")
        assert peer.registered() == []

    play(peer, story)


def test_removing_the_provider_ends_the_registration_there(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        assert len(peer.registered()) == 1
        await rig.providers.delete("peer")
        assert peer.registered() == []

    play(peer, story)


def test_more_permissions_change_the_client_that_is_there(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        await rig.providers.change(
            "peer", {"issuer": peer.issuer, "register": True, "scopes": ["openid"]}
        )
        before = peer.registered()[0]
        await rig.sign_ins.start(provider_id="peer", scopes=["openid", "email", "offline_access"])
        (after,) = peer.registered()
        assert after["client_id"] == before["client_id"]
        assert "offline_access" in after["scope"].split()

    play(peer, story)


def test_client_that_has_a_code_to_type_on_another_device(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        view = await rig.sign_ins.start(provider_id="peer", flow="device")
        assert view.user_code
        (client,) = peer.registered()
        assert "urn:ietf:params:oauth:grant-type:device_code" in client["grant_types"]

    play(peer, story)


def test_request_left_there_names_the_registered_client(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        view = await start(rig)
        query = parse_qs(urlsplit(view.authorization_url or "").query)
        assert query.keys() == {"client_id", "request_uri"}
        assert query["client_id"] == [peer.registered()[0]["client_id"]]

    play(peer, story)


def test_provider_that_registers_nobody_is_not_kept() -> None:
    async def run(issuer: str) -> None:
        async with Rig() as rig:
            with pytest.raises(RegistrationError):
                await rig.providers.add({"id": "peer", "issuer": issuer, "register": True})
            assert rig.providers.all() == ()

    with running_oidc_provider() as provider:
        asyncio.run(run(provider.issuer))


def test_provider_that_registers_nobody_without_its_token() -> None:
    """RFC 7591 section 3: the token goes to the registration endpoint, and nowhere else."""
    token = "an-initial.access~token"

    async def run(peer: OidcProvider) -> None:
        async with Rig() as rig:
            wish = {"id": "peer", "issuer": peer.issuer, "register": True}
            with pytest.raises(InitialTokenNeededError):
                await rig.providers.add(wish)
            with pytest.raises(InitialTokenRefusedError):
                await rig.providers.add({**wish, "initial_access_token": "another"})
            assert (rig.providers.all(), peer.registered()) == ((), [])
            await rig.providers.add({**wish, "initial_access_token": f" {token}\n"})
            profile = await finish(rig, await start(rig))
            assert (await rig.tokens.refresh(profile.id)).status == "active"
            assert peer.shown_initial_token() == ["/reg"]
            peer.forget_clients()
            assert client_of(await finish(rig, await start(rig))) != client_of(profile)

    with running_oidc_provider(everything=True, initialAccessToken=token) as provider:
        asyncio.run(run(provider))


def test_registered_client_gets_bound_tokens_where_they_are_asked_for(peer: OidcProvider) -> None:
    async def story(rig: Rig, peer: OidcProvider) -> None:
        wish = {"id": "bound", "issuer": peer.issuer, "register": True, "dpop": True}
        await rig.providers.add(wish)
        client = next(each for each in peer.registered() if each.get("dpop_bound_access_tokens"))
        profile = await finish(rig, await rig.sign_ins.start(provider_id="bound"))
        assert profile.grant is not None
        assert profile.grant.client_id == client["client_id"]
        assert profile.grant.token_type == "DPoP"
        assert (await rig.tokens.refresh(profile.id)).status == "active"

    play(peer, story)
