"""A renewal whose answer never came, against a provider that ends a grant it is asked twice for."""

from __future__ import annotations

import asyncio

import pytest

from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import NeedsSignInError, ProviderUnreachableError
from tests.support.rig import Rig
from tests.support.sample_provider import Answer, SampleProvider
from tests.support.stories import signed_in


def grant_of(rig: Rig, profile: Profile) -> Grant:
    grant = rig.profiles.get(profile.id).grant
    assert grant is not None
    return grant


def refreshes(sample: SampleProvider) -> int:
    return sum(form["grant_type"] == "refresh_token" for form in sample.asked("/token"))


def losing_answers(sample: SampleProvider) -> None:
    """Let the provider rotate, and its gateway lose the answers."""

    def lose(form: dict[str, str]) -> Answer:
        sample._token(form)
        return 502, "text/html", b""

    sample.answers["/token"] = lose


async def lose_an_answer(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
    losing_answers(sample)
    with pytest.raises(ProviderUnreachableError):
        await rig.tokens.refresh(profile.id)
    del sample.answers["/token"]


def test_that_a_refresh_token_is_sent_is_on_the_disk_before_it_is_sent() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.gate.clear()
        rig.clock.now += 301
        asking = asyncio.create_task(rig.tokens.access_token(profile.id))
        while refreshes(sample) == 0:
            await asyncio.sleep(0.005)
        # What a kill at this moment leaves behind.
        assert grant_of(rig, profile).refresh_sent_at == rig.clock.now
        sample.gate.set()
        await asking
        assert grant_of(rig, profile).refresh_sent_at is None

    signed_in(story)


def test_a_lost_answer_is_asked_for_again_while_the_provider_may_still_give_it() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await lose_an_answer(rig, sample, profile)
        sample.refresh_token = "rt-1"  # it takes the old one for a while
        rig.clock.now += 250
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-3"
        assert grant_of(rig, profile).refresh_sent_at is None

    signed_in(story)


def test_later_the_access_token_is_used_to_its_end_before_the_old_one_is_sent_again() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await lose_an_answer(rig, sample, profile)
        rig.clock.now += 3_590
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        with pytest.raises(ProviderUnreachableError) as caught:
            await rig.tokens.renew(profile.id)
        assert caught.value.retry_after == pytest.approx(10)
        assert refreshes(sample) == 1
        rig.clock.now += 11
        with pytest.raises(NeedsSignInError):
            await rig.tokens.access_token(profile.id)
        assert refreshes(sample) == 2
        # Why it ended can still be told.
        assert grant_of(rig, profile).refresh_sent_at is not None

    signed_in(story, expires_in=3_600)


def test_the_person_may_have_it_tried_at_any_time() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await lose_an_answer(rig, sample, profile)
        sample.refresh_token = "rt-1"
        rig.clock.now += 3_000
        assert (await rig.tokens.refresh(profile.id)).status == "active"
        assert grant_of(rig, profile).access_token == "at-3"

    signed_in(story, expires_in=3_600)


def test_a_refresh_token_that_ends_first_is_not_kept_waiting() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await lose_an_answer(rig, sample, profile)
        sample.refresh_token = "rt-1"
        rig.clock.now += 700
        assert (await rig.tokens.renew(profile.id)).status == "active"

    signed_in(story, expires_in=3_600, refresh_expires_in=1_800)


def test_a_clock_that_was_set_back_keeps_nobody_waiting() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await lose_an_answer(rig, sample, profile)
        sample.refresh_token = "rt-1"
        rig.clock.now -= 365 * 86_400
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-3"

    signed_in(story, expires_in=3_600)


def test_an_end_that_an_older_wrong_clock_named_keeps_nobody_waiting() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        rig.clock.now -= 365 * 86_400
        await lose_an_answer(rig, sample, profile)
        sample.refresh_token = "rt-1"
        rig.clock.now += 700
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-3"

    signed_in(story, expires_in=3_600)


@pytest.mark.parametrize("status", [400, 429, 503])
def test_an_answer_that_refuses_leaves_no_doubt(status: int) -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        said = b'{"error": "temporarily_unavailable"}'
        sample.answers["/token"] = lambda _: (status, "application/json", said)
        rig.clock.now += 290
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        assert grant_of(rig, profile).refresh_sent_at is None

    signed_in(story)


def test_a_provider_that_can_not_be_reached_leaves_no_doubt() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await sample.stop()
        rig.clock.now += 290
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"
        assert grant_of(rig, profile).refresh_sent_at is None

    signed_in(story)


def test_a_refresh_token_that_stays_as_it_is_needs_no_note() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.gives_refresh_token = False
        await rig.tokens.renew(profile.id)
        assert grant_of(rig, profile).keeps_refresh_token
        before = len(rig.disk.writes)
        await rig.tokens.renew(profile.id)
        assert len(rig.disk.writes) == before + 1

    signed_in(story)
