"""Our services against the npm oidc-provider, from the sign-in to the revocation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop_app.errors import InvalidRequestError
from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.accounts import Grant, Profile, SignIn
from desktop_app.services.errors import NeedsSignInError, ProviderUnreachableError
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider
from tests.support.rig import Rig
from tests.support.signing import public_jwk, signing_key

SCOPES = ("openid", "profile", "email", "offline_access")


@pytest.fixture
def peer() -> Iterator[OidcProvider]:
    with running_oidc_provider() as provider:
        yield provider


@asynccontextmanager
async def rig_for(peer: OidcProvider, **changes: Any) -> AsyncIterator[Rig]:
    values = {
        "id": "peer",
        "name": "Peer",
        "issuer": peer.issuer,
        "client_id": "coatcheck",
        "scopes": SCOPES,
    }
    async with Rig() as rig:
        await rig.provider_store.save(Provider(**{**values, **changes}))
        yield rig


async def sign_in(rig: Rig, browser: ScriptedBrowser | None = None, **options: Any) -> SignIn:
    view = await rig.sign_ins.start(provider_id="peer", **options)
    page = await asyncio.to_thread(
        (browser or ScriptedBrowser()).sign_in, view.authorization_url or ""
    )
    assert page.status == 200
    assert page.url.endswith("/done")
    return await rig.wait_over(view.id)


async def signed_in(rig: Rig, browser: ScriptedBrowser | None = None, **options: Any) -> Profile:
    view = await sign_in(rig, browser, **options)
    assert view.status == "completed", view.message
    return rig.profiles.get(view.profile_id or "")


def grant_of(rig: Rig, profile: Profile) -> Grant:
    grant = rig.profiles.get(profile.id).grant
    assert grant is not None
    return grant


def play(story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await story()

    asyncio.run(run())


def test_a_whole_sign_in_with_every_protection_that_the_provider_has(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            profile = await signed_in(rig)
            assert (profile.issuer, profile.subject) == (peer.issuer, "maria")
            assert (profile.name, profile.username) == ("Maria Sample", "maria")
            assert profile.email == "maria@example.org"
            grant = grant_of(rig, profile)
            assert set(grant.scopes_granted) == set(SCOPES)
            assert grant.refresh_token
            assert set(grant.protections) == {
                "pkce",
                "state",
                "nonce",
                "iss",
                "form_post",
                "par",
                "id_token:RS256",
            }
            assert (await rig.picture_of(profile)).png

    play(story)


@pytest.mark.parametrize("algorithm", ["PS256", "ES256", "EdDSA"])
def test_other_signatures_of_id_tokens_are_accepted(algorithm: str) -> None:
    async def story() -> None:
        with running_oidc_provider(algorithm=algorithm) as peer:
            async with rig_for(peer) as rig:
                profile = await signed_in(rig)
                assert f"id_token:{algorithm}" in grant_of(rig, profile).protections

    play(story)


KEYS = ("PS256", "ES256")


@pytest.fixture(scope="module")
def proofs_peer() -> Iterator[OidcProvider]:
    """A provider that knows a client for each way to prove itself."""
    keys = [public_jwk(each, alg=each, use="sig") for each in KEYS]
    with running_oidc_provider(clientKeys=keys) as provider:
        yield provider


def _with_key(algorithm: str) -> dict[str, str]:
    raw = signing_key(algorithm, 1).private_key
    pem = raw.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"private_key": pem, "client_authentication": "private_key_jwt"}


@pytest.mark.parametrize(
    ("client", "proof"),
    [
        ("basic", {"client_secret": "a+b c%:/?", "client_authentication": "client_secret_basic"}),
        ("post", {"client_secret": "a+b c%:/?", "client_authentication": "client_secret_post"}),
        (
            "jwt",
            {
                "client_secret": "a-secret-of-at-least-thirty-two-bytes!",
                "client_authentication": "client_secret_jwt",
            },
        ),
        *((each, _with_key(each)) for each in KEYS),
    ],
    ids=["basic", "post", "jwt", *KEYS],
)
def test_confidential_clients_prove_themselves(
    proofs_peer: OidcProvider, client: str, proof: dict[str, Any]
) -> None:
    async def story() -> None:
        async with rig_for(proofs_peer, client_id=f"coatcheck-{client}", **proof) as rig:
            profile = await signed_in(rig)
            await rig.tokens.refresh(profile.id)
            assert (await rig.tokens.introspect(profile.id))["active"] is True
            assert (await rig.tokens.revoke(profile.id)).proof == "provider_confirmed"

    play(story)


def test_a_wrong_client_secret_is_told_as_such(peer: OidcProvider) -> None:
    async def story() -> None:
        entry = {"client_id": "coatcheck-basic", "client_secret": "wrong"}
        async with rig_for(peer, **entry) as rig:
            over = await sign_in(rig)
            assert (over.status, over.error) == ("failed", "invalid_client")

    play(story)


def test_the_person_says_no(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            over = await sign_in(rig, ScriptedBrowser(deny=True))
            assert (over.status, over.error) == ("failed", "access_denied")

    play(story)


def test_two_accounts_side_by_side_and_one_of_them_again(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            maria = await signed_in(rig)
            jonas = await signed_in(rig, ScriptedBrowser(login="jonas"), login_hint="jonas")
            again = await signed_in(rig)
            assert again.id == maria.id
            assert jonas.id != maria.id
            assert rig.profiles.list()[1] == 2

    play(story)


def test_refreshing_rotates_and_the_profile_is_renewed(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            profile = await signed_in(rig)
            first = grant_of(rig, profile)
            peer.set(name="Maria Married")
            renewed = await rig.tokens.refresh(profile.id)
            second = grant_of(rig, profile)
            assert renewed.name == "Maria Married"
            assert second.refresh_token != first.refresh_token
            assert second.access_token != first.access_token
            await rig.tokens.refresh(profile.id)

    play(story)


def test_many_askers_of_an_ended_token_use_one_refresh_token_once(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            profile = await signed_in(rig)
            before = peer.stats()["token"]
            rig.clock.now += 290
            asked = (rig.tokens.access_token(profile.id) for _ in range(20))
            assert len({token.access_token for token in await asyncio.gather(*asked)}) == 1
            assert peer.stats()["token"] == before + 1
            await rig.tokens.refresh(profile.id)

    play(story)


def test_a_refresh_token_used_twice_ends_the_family_and_asks_for_a_new_sign_in(
    peer: OidcProvider,
) -> None:
    """Somebody stole the refresh token and used it first (RFC 9700 section 4.14.2)."""

    async def story() -> None:
        async with rig_for(peer) as mine, rig_for(peer) as thief:
            profile = await signed_in(mine)
            await thief.profile_store.save(mine.profiles.get(profile.id))
            await thief.tokens.refresh(profile.id)
            with pytest.raises(NeedsSignInError):
                await mine.tokens.refresh(profile.id)
            assert mine.profiles.get(profile.id).status == "needs_sign_in"
            with pytest.raises(NeedsSignInError):
                await thief.tokens.refresh(profile.id)
            assert (await signed_in(mine)).status == "active"

    play(story)


def test_revoking_ends_the_grant_at_the_provider(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as mine, rig_for(peer) as copy:
            profile = await signed_in(mine)
            await copy.profile_store.save(mine.profiles.get(profile.id))
            done = await mine.tokens.revoke(profile.id)
            assert done.revoked == ("refresh_token", "access_token")
            assert (await copy.tokens.introspect(profile.id))["active"] is False
            with pytest.raises(NeedsSignInError):
                await copy.tokens.refresh(profile.id)

    play(story)


def test_a_new_signing_key_is_fetched_when_it_is_first_seen(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            await signed_in(rig)
            peer.rotate_keys()
            await signed_in(rig, ScriptedBrowser())
            assert peer.stats()["jwks"] == 2
            await signed_in(rig, ScriptedBrowser())
            assert peer.stats()["jwks"] == 2

    play(story)


def test_short_tokens_are_given_newest_and_while_away_still_good(peer: OidcProvider) -> None:
    async def story() -> None:
        with running_oidc_provider(accessTokenSeconds=30) as short:
            async with rig_for(short) as rig:
                profile = await signed_in(rig)
                rig.clock.now += 10
                newest = await rig.tokens.access_token(profile.id)
                assert newest.expires_at == rig.clock() + 30
                short.set(down=True)
                rig.clock.now += 20
                assert await rig.tokens.access_token(profile.id) == newest
                rig.clock.now += 11
                with pytest.raises(ProviderUnreachableError):
                    await rig.tokens.access_token(profile.id)
                short.set(down=False)
                assert (await rig.tokens.access_token(profile.id)) != newest

    play(story)


def test_if_only_userinfo_is_down_the_profile_stays_as_it_was(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            profile = await signed_in(rig)
            peer.set(userinfoDown=True, name="Unseen")
            assert (await rig.tokens.refresh(profile.id)).name == "Maria Sample"
            peer.set(userinfoDown=False)
            assert (await rig.tokens.refresh(profile.id)).name == "Unseen"

    play(story)


def test_the_final_address_can_be_pasted(peer: OidcProvider) -> None:
    """The provider only takes an https redirect, at which nobody of ours listens."""

    async def story() -> None:
        paste = "https://paste.example/back"
        async with rig_for(peer, redirect=Redirect(paste=paste)) as rig:
            view = await rig.sign_ins.start(provider_id="peer")
            page = await asyncio.to_thread(
                ScriptedBrowser().sign_in, view.authorization_url or "", stop_at=paste
            )
            with pytest.raises(InvalidRequestError):
                await rig.sign_ins.redirect(view.id, url="https://paste.example/other?code=1")
            await rig.sign_ins.redirect(view.id, url=page.url)
            assert (await rig.wait_over(view.id)).status == "completed"

    play(story)


def test_an_unregistered_scope_or_redirect_shows_the_provider_s_page_and_can_be_cancelled(
    peer: OidcProvider,
) -> None:
    async def story() -> None:
        async with rig_for(peer, redirect=Redirect(path="/unregistered")) as rig:
            view = await rig.sign_ins.start(provider_id="peer")
            page = await asyncio.to_thread(ScriptedBrowser().sign_in, view.authorization_url or "")
            assert page.status == 400
            assert rig.sign_ins.status(view.id).status == "pending"
            assert (await rig.sign_ins.cancel(view.id)).status == "cancelled"

    play(story)


def test_discovery_by_a_pasted_address_finds_the_provider(peer: OidcProvider) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            metadata = await rig.providers.discover(f" {peer.issuer}/ ")
            assert metadata.issuer == peer.issuer

    play(story)


def test_a_code_is_typed_on_another_device() -> None:
    """RFC 8628, from the code on our side to a grant that renews itself."""

    async def story() -> None:
        with running_oidc_provider(everything=True) as peer:
            async with rig_for(peer, client_id="coatcheck-device") as rig:
                view = await rig.sign_ins.start(provider_id="peer", flow="device")
                assert view.user_code
                assert view.verification_uri == f"{peer.issuer}/device"
                rig.clock.now += 5
                await questions(peer, 1)
                page = await asyncio.to_thread(
                    ScriptedBrowser().sign_in, view.verification_uri_complete or ""
                )
                assert page.status == 200
                rig.clock.now += 5
                done = await rig.wait_over(view.id)
                assert done.status == "completed", done.message
                profile = rig.profiles.get(done.profile_id or "")
                assert (profile.issuer, profile.subject) == (peer.issuer, "maria")
                assert profile.email == "maria@example.org"
                assert grant_of(rig, profile).protections == ("device_code", "id_token:RS256")

    play(story)


async def questions(peer: OidcProvider, number: int) -> None:
    """Wait until the token endpoint has been asked *number* times."""
    async with asyncio.timeout(120):
        while (await asyncio.to_thread(peer.stats))["token"] < number:
            await asyncio.sleep(0.05)
