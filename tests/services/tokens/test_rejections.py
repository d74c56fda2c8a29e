"""A token that a server refused is renewed once."""

from __future__ import annotations

from desktop_app.services.accounts import Profile
from tests.support.rig import Rig
from tests.support.sample_provider import SampleProvider, as_json
from tests.support.stories import signed_in


async def token(rig: Rig, profile: Profile) -> str:
    return (await rig.tokens.access_token(profile.id)).access_token


def test_the_newest_token_is_renewed_and_an_older_or_foreign_one_is_not() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        first = await token(rig, profile)
        await rig.tokens.reject(profile.id, "somebody-else's")
        assert await token(rig, profile) == first
        await rig.tokens.reject(profile.id, first)
        second = await token(rig, profile)
        assert second != first
        await rig.tokens.reject(profile.id, first)
        assert await token(rig, profile) == second

    signed_in(story)


def test_a_renewed_token_that_is_refused_too_is_not_renewed_for_ever() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await rig.tokens.reject(profile.id, await token(rig, profile))
        again = await token(rig, profile)
        for _ in range(3):
            await rig.tokens.reject(profile.id, again)
        assert await token(rig, profile) == again
        assert len(sample.asked("/token")) == 2

    signed_in(story)


def test_a_grant_that_is_over_is_found_out() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        held = await token(rig, profile)
        sample.answers["/token"] = lambda _: as_json({"error": "invalid_grant"}, status=400)
        await rig.tokens.reject(profile.id, held)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"
        await rig.tokens.reject(profile.id, held)

    signed_in(story)


def test_without_a_refresh_token_the_provider_is_asked_whether_it_is_over() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        held = await token(rig, profile)
        await rig.tokens.reject(profile.id, held)
        assert await token(rig, profile) == held
        sample.answers["/userinfo"] = lambda _: as_json({}, status=401)
        await rig.tokens.reject(profile.id, held)
        assert rig.profiles.get(profile.id).status == "active", "it was asked a moment ago"
        rig.clock.now += 601
        await rig.tokens.reject(profile.id, held)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"

    signed_in(story, gives_refresh_token=False, expires_in=None)


def test_a_provider_that_is_away_changes_nothing() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        held = await token(rig, profile)
        await sample.stop()
        await rig.tokens.reject(profile.id, held)
        assert await token(rig, profile) == held

    signed_in(story)
