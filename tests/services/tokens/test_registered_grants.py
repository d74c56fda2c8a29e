"""What becomes of grants when their registered client changes, against a provider on a port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from desktop_app.errors import AppError
from desktop_app.oauth.errors import RegistrationError
from desktop_app.oauth.flow_errors import InitialTokenNeededError
from desktop_app.providers.catalogue import Catalogue
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import NeedsSignInError
from tests.support.registering_provider import RegisteringProvider
from tests.support.rig import Rig
from tests.support.sample_provider import Answer, as_json

Story = Callable[[Rig, RegisteringProvider], Awaitable[None]]


def registered(story: Story) -> None:
    """Run *story* at a provider that gives secrets, with an entry called ``sample``."""

    async def run() -> None:
        async with Rig() as rig, RegisteringProvider(rig.clock) as peer:
            peer.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
            peer.more = {"client_secret": "first"}
            await rig.providers.add({"id": "sample", "issuer": peer.issuer, "register": True})
            await story(rig, peer)

    asyncio.run(run())


def grant_of(profile: Profile) -> Grant:
    assert profile.grant is not None
    return profile.grant


def refused(_: dict[str, str]) -> Answer:
    return as_json({"error": "invalid_client"}, 401)


def test_the_grant_pins_the_client_that_it_was_made_with() -> None:
    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        profile = await rig.signed_in(peer)
        assert grant_of(profile).client_id == "client-1"
        peer.clients.clear()
        peer.subject = "subject-2"
        other = await rig.signed_in(peer)
        assert grant_of(other).client_id == "client-2"
        assert grant_of(rig.profiles.get(profile.id)).client_id == "client-1"

    registered(story)


def test_a_new_secret_reaches_every_grant_of_the_client() -> None:
    """RFC 7592 section 3: each answer may bring one, and ends the old one."""

    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        old = await rig.signed_in(peer)
        peer.clients["client-1"]["client_secret"] = "second"
        peer.subject = "subject-2"
        await rig.signed_in(peer)
        grant = grant_of(rig.profiles.get(old.id))
        assert (grant.client_id, grant.client_secret) == ("client-1", "second")
        assert grant.refresh_token == grant_of(old).refresh_token
        sent = [form["client_secret"] for form in peer.asked("/token")]
        assert sent == ["first", "second"]

    registered(story)


def test_a_secret_that_a_full_disk_kept_from_the_grants_reaches_them_later() -> None:
    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        profile = await rig.signed_in(peer)
        peer.clients["client-1"]["client_secret"] = "second"
        takes_secret(peer, "second")
        rig.disk.full = True
        with pytest.raises(AppError):
            await rig.tokens.refresh(profile.id)
        assert rig.profiles.get(profile.id).status == "active"
        rig.disk.full = False
        renewed = await rig.tokens.refresh(profile.id)
        assert grant_of(renewed).client_secret == "second"

    registered(story)


def takes_secret(peer: RegisteringProvider, secret: str) -> None:
    """Let the token endpoint refuse every other secret, as one whose time is over."""

    def token(form: dict[str, str]) -> Answer:
        if form["client_secret"] != secret:
            return refused(form)
        return as_json({"access_token": "at-9", "token_type": "Bearer", "refresh_token": "rt-9"})

    peer.answers["/token"] = token


def test_a_secret_that_ended_is_replaced_without_a_new_sign_in() -> None:
    """RFC 7592 section 2.1: what is read may bring another secret."""

    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        profile = await rig.signed_in(peer)
        peer.clients["client-1"]["client_secret"] = "second"
        takes_secret(peer, "second")
        renewed = await rig.tokens.refresh(profile.id)
        assert renewed.status == "active"
        grant = grant_of(renewed)
        assert (grant.client_id, grant.client_secret) == ("client-1", "second")
        assert (grant.access_token, grant.refresh_token) == ("at-9", "rt-9")
        assert len(peer.wishes) == 1

    registered(story)


def test_a_secret_that_ended_is_replaced_for_all_who_are_renewed_at_that_moment() -> None:
    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        one = await rig.signed_in(peer)
        peer.subject = "subject-2"
        other = await rig.signed_in(peer)
        peer.clients["client-1"]["client_secret"] = "second"
        takes_secret(peer, "second")
        before = len(peer.asked("/token"))
        peer.gate.clear()
        renewing = [asyncio.create_task(rig.tokens.refresh(each.id)) for each in (one, other)]
        while len(peer.asked("/token")) < before + 2:
            await asyncio.sleep(0)
        peer.gate.set()
        renewed = await asyncio.gather(*renewing)
        assert [each.status for each in renewed] == ["active", "active"]
        assert {grant_of(each).client_secret for each in renewed} == {"second"}
        assert len(peer.wishes) == 1

    registered(story)


def test_a_secret_that_stays_refused_is_tried_twice_and_no_more() -> None:
    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        profile = await rig.signed_in(peer)
        peer.clients["client-1"]["client_secret"] = "second"
        takes_secret(peer, "third")
        before = len(peer.asked("/token"))
        with pytest.raises(NeedsSignInError):
            await rig.tokens.refresh(profile.id)
        assert len(peer.asked("/token")) == before + 2
        del peer.answers["/token"]
        assert grant_of(await rig.signed_in(peer)).client_id == "client-2"

    registered(story)


def test_a_secret_that_changes_during_a_renewal_is_not_lost() -> None:
    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        profile = await rig.signed_in(peer)
        peer.gate.clear()
        renewing = asyncio.create_task(rig.tokens.refresh(profile.id))
        while len(peer.asked("/token")) < 2:
            await asyncio.sleep(0)
        peer.clients["client-1"]["client_secret"] = "second"
        await rig.start(peer)
        assert grant_of(rig.profiles.get(profile.id)).client_secret == "second"
        peer.gate.set()
        grant = grant_of(await renewing)
        assert grant.refresh_token != grant_of(profile).refresh_token
        assert grant.client_secret == "second"

    registered(story)


def test_a_refusal_to_register_anew_is_told_and_asked_again_next_time() -> None:
    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        profile = await rig.signed_in(peer)
        peer.clients.clear()
        peer.refuse = lambda _: as_json({"error": "access_denied"}, 403)
        with pytest.raises(RegistrationError) as caught:
            await rig.start(peer)
        assert "Enter a client ID instead" in caught.value.message
        peer.refuse = lambda _: as_json({"error": "invalid_token"}, 401)
        with pytest.raises(InitialTokenNeededError):
            await rig.start(peer)
        peer.refuse = lambda _: None
        again = await rig.signed_in(peer)
        assert (again.id, grant_of(again).client_id) == (profile.id, f"client-{len(peer.wishes)}")

    registered(story)


def test_a_client_that_the_provider_refuses_ends_its_grants_and_is_made_anew() -> None:
    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        profile = await rig.signed_in(peer)
        peer.answers["/token"] = refused
        with pytest.raises(NeedsSignInError):
            await rig.tokens.refresh(profile.id)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"
        del peer.answers["/token"]
        again = await rig.signed_in(peer)
        assert (again.id, again.status) == (profile.id, "active")
        assert grant_of(again).client_id == "client-2"

    registered(story)


def test_a_preset_keeps_the_token_that_its_provider_registers_nobody_without() -> None:
    """Also where there was nothing of the person's in the preset before."""

    async def story() -> None:
        clock = Rig().clock
        async with RegisteringProvider(clock) as peer:
            preset = Provider(
                id="sample", name="Sample", origin="preset", issuer=peer.issuer, register=True
            )
            async with Rig(catalogue=Catalogue([preset])) as rig:
                await rig.providers.register_anew("sample", "given")
                entry = rig.providers.get("sample")
        assert (entry.initial_access_token, entry.issuer) == ("given", peer.issuer)

    asyncio.run(story())


def test_a_client_that_is_refused_at_the_end_of_a_sign_in_is_made_anew_for_the_next() -> None:
    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        peer.answers["/token"] = refused
        failed = await rig.sign_in(peer)
        assert (failed.status, failed.error) == ("failed", "registration_gone")
        del peer.answers["/token"]
        assert grant_of(await rig.signed_in(peer)).client_id == "client-2"

    registered(story)


def test_a_pushed_request_that_the_provider_refuses_is_made_with_another_client() -> None:
    """So that the person never sees the provider's own error page."""

    async def story(rig: Rig, peer: RegisteringProvider) -> None:
        def pushed(form: dict[str, str]) -> Answer:
            if form["client_id"] == "client-1":
                return refused(form)
            return as_json({"request_uri": "urn:example:1", "expires_in": 60}, 201)

        peer.metadata["pushed_authorization_request_endpoint"] = f"{peer.issuer}/par"
        await rig.providers.change("sample", {"issuer": peer.issuer, "register": True})
        peer.answers["/par"] = pushed
        view = await rig.sign_ins.start(provider_id="sample")
        assert "client_id=client-2" in (view.authorization_url or "")
        assert len(peer.wishes) == 2

    registered(story)
