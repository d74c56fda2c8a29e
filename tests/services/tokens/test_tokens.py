"""Access tokens, renewals and revocations against a real provider that rotates."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from desktop_app.errors import InvalidRequestError, NotFoundError
from desktop_app.oauth.errors import RevocationError, TokenResponseError, UserinfoError
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import (
    NeedsSignInError,
    NotSupportedError,
    ProviderUnreachableError,
)
from tests.support.account_stores import FullError
from tests.support.rig import Rig
from tests.support.sample_provider import SampleProvider, as_json
from tests.support.stories import signed_in


def grant_of(rig: Rig, profile: Profile) -> Grant:
    grant = rig.profiles.get(profile.id).grant
    assert grant is not None
    return grant


def refreshes(sample: SampleProvider) -> int:
    return sum(form["grant_type"] == "refresh_token" for form in sample.asked("/token"))


def test_a_fresh_token_is_given_without_asking_the_provider() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        everything = grant_of(rig, profile).scopes_granted
        token = await rig.tokens.access_token(profile.id, scopes=everything)
        assert not token.wider
        assert (token.access_token, token.token_type) == ("at-1", "Bearer")
        assert token.expires_at == rig.clock() + 300
        assert refreshes(sample) == 0

    signed_in(story)


def test_a_token_that_ends_too_soon_is_renewed_and_the_rotated_one_kept_first() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now += 250
        token = await rig.tokens.access_token(profile.id, min_valid_seconds=60)
        assert token.access_token == "at-2"
        assert rig.disk.writes[-1] == f"profile {profile.id}"
        assert grant_of(rig, profile).refresh_token == "rt-2"
        rig.clock.now += 250
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-3"

    signed_in(story)


def test_many_askers_at_once_cause_one_refresh() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now += 299
        tokens = await asyncio.gather(*(rig.tokens.access_token(profile.id) for _ in range(50)))
        assert {token.access_token for token in tokens} == {"at-2"}
        assert refreshes(sample) == 1

    signed_in(story)


def test_an_asker_who_goes_away_does_not_lose_the_rotated_token() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now += 299
        sample.gate.clear()
        asker = asyncio.create_task(rig.tokens.access_token(profile.id))
        while not refreshes(sample):
            await asyncio.sleep(0.005)
        asker.cancel()
        await asyncio.gather(asker, return_exceptions=True)
        sample.gate.set()
        await rig.tokens.close()
        assert grant_of(rig, profile).refresh_token == "rt-2"

    signed_in(story)


def test_no_token_is_given_before_the_rotated_one_is_durable_and_none_is_lost() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now += 301
        sample.gate.clear()
        asking = asyncio.create_task(rig.tokens.access_token(profile.id))
        while refreshes(sample) == 0:
            await asyncio.sleep(0.005)
        rig.disk.full = True
        sample.gate.set()
        with pytest.raises(FullError):
            await asking
        assert grant_of(rig, profile).refresh_token == "rt-1"
        rig.disk.full = False
        # The old refresh token is used up: sending it again would end the whole grant.
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-3"
        assert [form["refresh_token"] for form in sample.asked("/token")[1:]] == ["rt-1", "rt-2"]

    signed_in(story)


def test_a_refresh_token_is_not_used_up_while_the_disk_is_full() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now += 301
        rig.disk.full = True
        with pytest.raises(FullError):
            await rig.tokens.access_token(profile.id)
        assert refreshes(sample) == 0
        rig.disk.full = False
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-2"

    signed_in(story)


def test_where_tokens_live_shorter_than_wanted_the_newest_is_given() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        rig.clock.now += 5
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-2"
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-2"

    signed_in(story, expires_in=30)


def test_a_token_without_an_end_is_given_as_it_is() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now += 10_000_000
        token = await rig.tokens.access_token(profile.id)
        assert (token.access_token, token.expires_at) == ("at-1", None)

    signed_in(story, expires_in=None)


def test_a_clock_set_back_makes_the_token_be_renewed() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now -= 86_400
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-2"

    signed_in(story)


@pytest.mark.parametrize("reply", [(503, "text/html", b""), (200, "text/html", b"<h1>Hello</h1>")])
def test_while_the_provider_is_away_a_token_that_is_still_good_is_given(
    reply: tuple[int, str, bytes],
) -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.answers["/token"] = lambda _: reply
        rig.clock.now += 290
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        rig.clock.now += 11
        with pytest.raises((ProviderUnreachableError, TokenResponseError)):
            await rig.tokens.access_token(profile.id)
        assert rig.profiles.get(profile.id).status == "active"
        del sample.answers["/token"]
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-2"

    signed_in(story)


def test_without_any_network_a_token_that_is_still_good_is_given() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await sample.stop()
        rig.clock.now += 290
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        rig.clock.now += 20
        with pytest.raises(ProviderUnreachableError):
            await rig.tokens.access_token(profile.id)

    signed_in(story)


def test_a_grant_that_the_provider_ended_needs_a_new_sign_in() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.refresh_token = "another"
        rig.clock.now += 299
        with pytest.raises(NeedsSignInError):
            await rig.tokens.access_token(profile.id)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"
        asked = refreshes(sample)
        with pytest.raises(NeedsSignInError):
            await rig.tokens.access_token(profile.id)
        assert refreshes(sample) == asked
        assert (await rig.signed_in(sample)).status == "active"

    signed_in(story)


def test_without_renewing_the_token_is_given_to_its_end_and_then_a_sign_in_is_needed() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now += 299
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        rig.clock.now += 2
        with pytest.raises(NeedsSignInError):
            await rig.tokens.access_token(profile.id)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"

    signed_in(story, gives_refresh_token=False)


def test_a_scope_that_was_not_granted_is_refused() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            await rig.tokens.access_token(profile.id, scopes=["openid", "admin"])
        assert caught.value.fields["missing"] == ["admin"]
        with pytest.raises(NotFoundError):
            await rig.tokens.access_token("nobody")

    signed_in(story)


def test_an_old_refresh_token_never_goes_to_a_new_place() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        async with SampleProvider(rig.clock) as other:
            await rig.add_provider(other, client_id="another", client_secret="new")
            await rig.tokens.refresh(profile.id)
            await rig.tokens.revoke(profile.id)
            assert other.requests == []
        assert sample.asked("/token")[-1]["client_id"] == "coatcheck-client"

    signed_in(story)


def test_a_sign_in_during_a_refresh_wins_over_it() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.gate.clear()
        refreshing = asyncio.create_task(rig.tokens.refresh(profile.id))
        while not refreshes(sample):
            await asyncio.sleep(0.005)
        newer = replace(grant_of(rig, profile), access_token="newer", refresh_token="newer-rt")
        await rig.profiles.update(profile.id, lambda old: replace(old, grant=newer))
        sample.gate.set()
        await refreshing
        assert grant_of(rig, profile).refresh_token == "newer-rt"

    signed_in(story)


def test_a_profile_forgotten_during_a_refresh_does_not_come_back() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.gate.clear()
        refreshing = asyncio.create_task(rig.tokens.refresh(profile.id))
        while not refreshes(sample):
            await asyncio.sleep(0.005)
        await rig.profiles.forget(profile.id)
        sample.gate.set()
        with pytest.raises(NotFoundError):
            await refreshing
        assert rig.profiles.list()[1] == 0

    signed_in(story)


def test_refreshing_renews_the_grant_and_the_profile() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.userinfo = {"name": "Maria Married", "picture": f"{sample.issuer}/picture.png"}
        rig.clock.now += 10
        renewed = await rig.tokens.refresh(profile.id)
        assert renewed.name == "Maria Married"
        assert renewed.last_seen_at == rig.clock()
        assert grant_of(rig, profile).access_token == "at-2"
        assert rig.profiles.picture(profile.id) is not None

    signed_in(story)


@pytest.mark.parametrize(
    "reply",
    [
        (500, "text/html", b""),
        (401, "application/json", b"{}"),
        (200, "application/json", b'{"sub": "somebody-else", "name": "Eve"}'),
        (200, "text/html", b"<h1>Hello</h1>"),
    ],
)
def test_if_only_userinfo_fails_the_profile_stays_as_it_was(reply: tuple[int, str, bytes]) -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.answers["/userinfo"] = lambda _: reply
        renewed = await rig.tokens.refresh(profile.id)
        assert (renewed.name, renewed.status) == ("Maria Sample", "active")
        assert grant_of(rig, profile).access_token == "at-2"

    signed_in(story)


def test_without_renewing_an_ended_grant_is_noticed_by_the_refused_userinfo() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.answers["/userinfo"] = lambda _: (404, "text/html", b"")
        with pytest.raises(UserinfoError):
            await rig.tokens.refresh(profile.id)
        assert rig.profiles.get(profile.id).status == "active"
        sample.answers["/userinfo"] = lambda _: (401, "application/json", b"{}")
        with pytest.raises(NeedsSignInError):
            await rig.tokens.refresh(profile.id)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"

    signed_in(story, gives_refresh_token=False)


def test_revoking_takes_both_tokens_back_and_forgets_them_here() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        done = await rig.tokens.revoke(profile.id)
        assert done.revoked == ("refresh_token", "access_token")
        assert (done.proof, done.good_until) == ("provider_confirmed", None)
        hints = [(form["token_type_hint"], form["token"]) for form in sample.asked("/revoke")]
        assert hints == [("refresh_token", "rt-1"), ("access_token", "at-1")]
        grant = grant_of(rig, profile)
        assert (grant.access_token, grant.refresh_token, grant.id_token) == ("", None, None)
        assert rig.profiles.get(profile.id).status == "revoked"
        with pytest.raises(NeedsSignInError):
            await rig.tokens.access_token(profile.id)
        again = await rig.tokens.revoke(profile.id)
        assert (again.revoked, again.proof) == ((), "nothing_left")

    signed_in(story)


def test_a_provider_that_asks_to_be_left_alone_is_left_alone_until_then() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.answers["/token"] = lambda _: (503, "text/html", b"")
        sample.headers = {"Retry-After": "600"}
        rig.clock.now += 280
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        assert refreshes(sample) == 1
        rig.clock.now += 100
        with pytest.raises(ProviderUnreachableError) as caught:
            await rig.tokens.access_token(profile.id)
        assert caught.value.retry_after == pytest.approx(500)
        del sample.answers["/token"]
        rig.clock.now += 501
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-2"

    signed_in(story)


def test_revoking_tells_if_only_the_refresh_token_is_known_to_be_gone() -> None:
    def refuse_access_tokens(form: dict[str, str]) -> tuple[int, str, bytes]:
        if form["token_type_hint"] == "access_token":
            return as_json({"error": "unsupported_token_type"}, 400)
        return 200, "text/plain", b""

    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.answers["/revoke"] = refuse_access_tokens
        done = await rig.tokens.revoke(profile.id)
        assert done.revoked == ("refresh_token",)
        assert done.good_until == rig.clock() + 300

    signed_in(story)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refused_revocation_changes_nothing(status: int) -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.answers["/revoke"] = lambda _: as_json({"error": "invalid_client"}, status)
        with pytest.raises(RevocationError):
            await rig.tokens.revoke(profile.id)
        assert rig.profiles.get(profile.id).status == "active"
        assert grant_of(rig, profile).refresh_token == "rt-1"

    signed_in(story)


def test_revoking_at_an_unreachable_provider_changes_nothing() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.answers["/revoke"] = lambda _: (503, "text/html", b"")
        with pytest.raises(ProviderUnreachableError):
            await rig.tokens.revoke(profile.id)
        await sample.stop()
        with pytest.raises(ProviderUnreachableError):
            await rig.tokens.revoke(profile.id)
        assert rig.profiles.get(profile.id).status == "active"

    signed_in(story)


def test_revoking_where_the_provider_offers_none_says_so_and_until_when_it_is_good() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        bare = replace(grant_of(rig, profile), revocation_endpoint=None, refresh_token=None)
        await rig.profiles.update(profile.id, lambda old: replace(old, grant=bare))
        done = await rig.tokens.revoke(profile.id)
        assert (done.revoked, done.proof) == ((), "not_supported")
        assert done.good_until == bare.access_token_expires_at
        assert rig.profiles.get(profile.id).status == "active"

    signed_in(story)


def test_revoking_waits_for_a_refresh_and_takes_the_new_tokens_back() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.gate.clear()
        refreshing = asyncio.create_task(rig.tokens.refresh(profile.id))
        while not refreshes(sample):
            await asyncio.sleep(0.005)
        revoking = asyncio.create_task(rig.tokens.revoke(profile.id))
        sample.gate.set()
        await refreshing
        await revoking
        assert sample.asked("/revoke")[0]["token"] == "rt-2"

    signed_in(story)


def test_introspection_answers_what_the_provider_says() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        assert (await rig.tokens.introspect(profile.id))["active"] is True
        assert sample.asked("/introspect")[0]["token"] == "at-1"
        bare = replace(grant_of(rig, profile), introspection_endpoint=None)
        await rig.profiles.update(profile.id, lambda old: replace(old, grant=bare))
        with pytest.raises(NotSupportedError):
            await rig.tokens.introspect(profile.id)
        await rig.tokens.revoke(profile.id)
        with pytest.raises(NeedsSignInError):
            await rig.tokens.introspect(profile.id)

    signed_in(story)


def test_no_token_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await rig.tokens.refresh(profile.id)
        sample.answers["/token"] = lambda _: as_json({"error": "invalid_grant"}, 400)
        with pytest.raises(NeedsSignInError):
            await rig.tokens.refresh(profile.id)
        await rig.tokens.revoke(profile.id)
        text = caplog.text + repr(rig.profiles.get(profile.id)) + repr(rig.events)
        assert not any(secret in text for secret in ("at-1", "at-2", "rt-1", "rt-2"))

    signed_in(story)
