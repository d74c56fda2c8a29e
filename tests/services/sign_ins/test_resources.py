"""Accesses that are meant for one server (RFC 8707), from the entry to every request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.oauth.flow_errors import ResourceError
from tests.support.rig import Rig
from tests.support.sample_provider import SampleProvider

Story = Callable[[Rig, SampleProvider], Awaitable[None]]
ALBUM, PRINTS = "https://album.example/", "https://prints.example/api"


def with_sample(story: Story, **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            await story(rig, sample)

    asyncio.run(run())


def test_all_of_them_are_named_in_the_browser_and_the_token_is_for_the_first() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample, open_browser=False)
        query = parse_qs(urlsplit(view.authorization_url or "").query)
        assert query["resource"] == [ALBUM, PRINTS]
        profile = await rig.signed_in(sample)
        await rig.tokens.refresh(profile.id)
        assert [form["resource"] for form in sample.asked("/token")] == [ALBUM, ALBUM]

    with_sample(story, resources=(ALBUM, PRINTS))


def test_a_sign_in_may_name_others_and_the_grant_keeps_them() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        profile = await rig.signed_in(sample, resources=[PRINTS])
        await rig.add_provider(sample)
        await rig.tokens.refresh(profile.id)
        assert [form["resource"] for form in sample.asked("/token")] == [PRINTS, PRINTS]

    with_sample(story, resources=(ALBUM,))


def test_none_is_named_where_nobody_wants_it() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample, open_browser=False)
        assert "resource=" not in (view.authorization_url or "")
        await rig.signed_in(sample, resources=[])
        assert "resource" not in sample.asked("/token")[0]

    with_sample(story)


@pytest.mark.parametrize(
    "resource", ["photos", "urn:photos", "https://a.example/#part", "http://a.example/"]
)
def test_what_is_no_address_is_refused(resource: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        with pytest.raises(ResourceError):
            await rig.sign_ins.start(provider_id="sample", resources=[resource])

    with_sample(story)
