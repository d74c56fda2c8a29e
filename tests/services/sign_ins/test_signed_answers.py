"""Sign-ins whose answer the provider signs (JARM), against a provider on a real port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from desktop_app.services.accounts import SignIn
from tests.support.rig import Rig, get, state_of
from tests.support.sample_provider import CLIENT_ID, SampleProvider
from tests.support.signing import signed

Story = Callable[[Rig, SampleProvider], Awaitable[None]]


def with_sample(story: Story, **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            await story(rig, sample)

    asyncio.run(run())


def answer_in_a_token(rig: Rig, sample: SampleProvider, view: SignIn, **changes: Any) -> str:
    claims = {
        "iss": sample.issuer,
        "aud": CLIENT_ID,
        "exp": rig.clock() + 60,
        "code": "the-code",
        "state": state_of(view),
        **changes,
    }
    present = {name: value for name, value in claims.items() if value is not None}
    return signed(present, number=sample.key_number, kid=f"key-{sample.key_number}")


async def bring(view: SignIn, token: str) -> int:
    url = f"{view.redirect_uri}?{urlencode({'response': token})}"
    return (await asyncio.to_thread(get, url))[0]


def mode_of(view: SignIn) -> str | None:
    return parse_qs(urlsplit(view.authorization_url or "").query).get("response_mode", [None])[0]


@pytest.mark.parametrize("told_by", ["metadata", "entry"])
def test_a_provider_that_demands_it_gets_a_signed_answer_asked_for(told_by: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        if told_by == "metadata":
            sample.metadata["response_modes_supported"] = ["jwt", "query.jwt"]
        view = await rig.start(sample)
        assert mode_of(view) == ("query.jwt" if told_by == "metadata" else "jwt")
        assert await bring(view, answer_in_a_token(rig, sample, view)) == 200
        done = await rig.wait_over(view.id)
        assert done.status == "completed", done.message
        grant = rig.profiles.get(done.profile_id or "").grant
        assert grant is not None
        assert {"jarm", "iss"} <= set(grant.protections)
        assert sample.asked("/token")[0]["code"] == "the-code"

    with_sample(story, **({"response_mode": "jwt"} if told_by == "entry" else {}))


def test_one_that_was_not_asked_for_is_proven_all_the_same() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        assert mode_of(view) is None
        await bring(view, answer_in_a_token(rig, sample, view))
        assert (await rig.wait_over(view.id)).status == "completed"

    with_sample(story)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"iss": "https://other.example"}, "signed_response_invalid"),
        ({"aud": "another-client"}, "signed_response_invalid"),
        ({"exp": 1}, "clock_skew"),
        ({"code": None, "error": "access_denied"}, "access_denied"),
        ({"code": None, "error": "server_error"}, "authorization_error"),
        ({"code": None}, "authorization_error"),
    ],
)
def test_an_answer_that_fails_a_check_ends_the_sign_in_without_a_token_request(
    changes: dict[str, Any], error: str
) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        await bring(view, answer_in_a_token(rig, sample, view, **changes))
        over = await rig.wait_over(view.id)
        assert (over.status, over.error) == ("failed", error)
        assert sample.asked("/token") == []

    with_sample(story, response_mode="query.jwt")


def test_somebody_else_s_signature_ends_it_too() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        claims = {"iss": sample.issuer, "aud": CLIENT_ID, "exp": rig.clock() + 60}
        forged = signed({**claims, "code": "c", "state": state_of(view)}, number=7, kid="key-1")
        await bring(view, forged)
        assert (await rig.wait_over(view.id)).error == "signed_response_invalid"

    with_sample(story, response_mode="jwt")


def test_a_token_with_another_state_is_a_stray_answer() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        for token in (answer_in_a_token(rig, sample, view, state="another"), "no-token", "a.b.c"):
            assert await bring(view, token) == 400
        assert rig.sign_ins.status(view.id).status == "pending"
        await bring(view, answer_in_a_token(rig, sample, view))
        assert (await rig.wait_over(view.id)).status == "completed"

    with_sample(story, response_mode="jwt")


def test_a_plain_answer_is_not_taken_where_a_signed_one_is_demanded() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        over = await rig.sign_in(sample)
        assert (over.status, over.error) == ("failed", "authorization_error")

    with_sample(story, response_mode="jwt")


def test_a_key_that_nobody_knows_yet_is_fetched() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        await rig.signed_in(sample)
        view = await rig.start(sample)
        sample.key_number = 2
        await bring(view, answer_in_a_token(rig, sample, view))
        assert (await rig.wait_over(view.id)).status == "completed"

    with_sample(story)
