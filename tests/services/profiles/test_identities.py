"""Who signed in, where the provider signs what it says about the account."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.rig import Rig
from tests.support.sample_provider import CLIENT_ID, SampleProvider
from tests.support.signing import signed

Story = Callable[[Rig, SampleProvider], Awaitable[None]]


def with_sample(story: Story) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample)
            await story(rig, sample)

    asyncio.run(run())


def signs_userinfo(sample: SampleProvider, *, number: int = 1, subject: str = "subject-1") -> None:
    claims = {"iss": sample.issuer, "aud": CLIENT_ID, "sub": subject, "name": "Maria Signed"}
    token = signed(claims, number=number, kid=f"key-{sample.key_number}").encode()
    sample.answers["/userinfo"] = lambda _: (200, "application/jwt", token)


def test_a_signed_userinfo_answer_is_read_at_the_sign_in_and_at_a_refresh() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        signs_userinfo(sample)
        profile = await rig.signed_in(sample)
        assert profile.name == "Maria Signed"
        assert (await rig.tokens.refresh(profile.id)).name == "Maria Signed"

    with_sample(story)


def test_a_signed_answer_of_a_new_key_makes_the_keys_be_fetched_once_more() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        profile = await rig.signed_in(sample)
        sample.key_number = 2
        signs_userinfo(sample, number=2)
        assert (await rig.tokens.refresh(profile.id)).name == "Maria Signed"

    with_sample(story)


def test_a_forged_userinfo_answer_costs_the_details_alone() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        signs_userinfo(sample, number=2)
        profile = await rig.signed_in(sample)
        assert (profile.subject, profile.name) == (sample.subject, None)

    with_sample(story)


def test_a_signed_answer_about_somebody_else_keeps_nothing() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        signs_userinfo(sample, subject="somebody-else")
        over = await rig.sign_in(sample)
        assert (over.status, over.error) == ("failed", "subject_mismatch")

    with_sample(story)
