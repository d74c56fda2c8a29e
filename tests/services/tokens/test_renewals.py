"""Renewing a grant: the ID token of a refresh must be the same account's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desktop_app.oauth.errors import IdTokenError
from tests.support.rig import Rig
from tests.support.sample_provider import CLIENT_ID, SampleProvider, as_json
from tests.support.signing import signed

Story = Callable[[Rig, SampleProvider], Awaitable[None]]


def with_sample(story: Story, **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            await story(rig, sample)

    asyncio.run(run())


def refreshes_with(sample: SampleProvider, id_token: str) -> None:
    """Let the next refreshes bring *id_token*, which has no nonce."""
    sample.answers["/token"] = lambda _: as_json(
        {"access_token": "at-new", "refresh_token": "rt-new", "id_token": id_token}
    )


def test_the_id_token_of_a_refresh_may_be_the_same_account_s_without_a_nonce() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        profile = await rig.signed_in(sample)
        sample.nonce = None
        refreshes_with(sample, sample.id_token())
        await rig.tokens.refresh(profile.id)
        grant = rig.profiles.get(profile.id).grant
        assert grant is not None
        assert grant.access_token == "at-new"
        assert grant.id_token == (profile.grant and profile.grant.id_token)

    with_sample(story)


@pytest.mark.parametrize(
    ("claims", "check"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"sub": "somebody-else"}, "sub"),
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"exp": 1}, "exp"),
    ],
)
def test_tokens_that_come_with_another_account_s_id_token_are_not_used(
    claims: dict[str, Any], check: str
) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        profile = await rig.signed_in(sample)
        sample.claims = {"nonce": None, **claims}
        refreshes_with(sample, sample.id_token())
        with pytest.raises(IdTokenError) as caught:
            await rig.tokens.refresh(profile.id)
        assert caught.value.fields["check"] == check
        assert rig.profiles.get(profile.id).grant == profile.grant

    with_sample(story)


def test_a_forged_signature_on_the_id_token_of_a_refresh_is_not_taken() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        profile = await rig.signed_in(sample)
        claims = {"iss": sample.issuer, "sub": sample.subject, "aud": CLIENT_ID}
        now = rig.clock()
        forged = signed({**claims, "iat": now, "exp": now + 300}, number=2, kid="key-1")
        refreshes_with(sample, forged)
        with pytest.raises(IdTokenError):
            await rig.tokens.refresh(profile.id)

    with_sample(story)


def test_a_rotated_token_is_not_lost_because_the_keys_are_out_of_reach() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        profile = await rig.signed_in(sample)
        sample.nonce = None
        rig.clock.now += 2 * 3600
        refreshes_with(sample, sample.id_token())
        sample.answers["/jwks"] = lambda _: (503, "text/html", b"<h1>Down</h1>")
        await rig.tokens.refresh(profile.id)
        grant = rig.profiles.get(profile.id).grant
        assert grant is not None
        assert grant.refresh_token == "rt-new"

    with_sample(story)


def test_where_no_id_token_was_checked_at_the_sign_in_that_of_a_refresh_is_left_alone() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        profile = await rig.signed_in(sample)
        refreshes_with(sample, "opaque")
        assert (await rig.tokens.refresh(profile.id)).status == "active"

    with_sample(story, protocol="oauth2", scopes=("photos",))
