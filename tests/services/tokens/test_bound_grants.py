"""A provider's entry that asks for bound tokens, and providers that give others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.flow_errors import TokenNotBoundError
from desktop_app.services.errors import NotSupportedError
from desktop_app.services.tokens.signatures import SomeRequest
from tests.support.rig import Rig
from tests.support.sample_provider import CLIENT_ID, SampleProvider, as_json

Story = Callable[[Rig, SampleProvider], Awaitable[None]]


def with_sample(story: Story, **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            await story(rig, sample)

    asyncio.run(run())


def gives_bound_tokens(sample: SampleProvider) -> None:
    def tokens(form: dict[str, str]) -> Any:
        given = {"access_token": "at-1", "token_type": "DPoP", "refresh_token": "rt-1"}
        first = {"id_token": sample.id_token()} if "code" in form else {}
        return as_json({**given, **first, "expires_in": 300})

    sample.answers["/token"] = tokens


def test_a_token_that_is_not_bound_is_not_kept() -> None:
    """RFC 9449 section 5: it could be used by whoever copies it."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        over = await rig.sign_in(sample)
        assert (over.status, over.error) == ("failed", "token_not_bound")
        assert rig.profiles.list()[1] == 0

    with_sample(story, dpop=True)


def test_a_renewal_that_is_no_longer_bound_is_not_used() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        gives_bound_tokens(sample)
        profile = await rig.signed_in(sample)
        bearer = as_json({"access_token": "at-2", "token_type": "Bearer"})
        sample.answers["/token"] = lambda _: bearer
        with pytest.raises(TokenNotBoundError):
            await rig.tokens.refresh(profile.id)
        assert rig.profiles.get(profile.id).grant == profile.grant

    with_sample(story, dpop=True)


def test_every_sign_in_has_a_key_of_its_own() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        gives_bound_tokens(sample)
        first = (await rig.signed_in(sample)).grant
        second = (await rig.signed_in(sample)).grant
        assert first and second and first.dpop_key and second.dpop_key
        assert first.dpop_key != second.dpop_key
        assert "dpop_key" not in repr(first)

    with_sample(story, dpop=True)


def test_a_provider_that_offers_it_is_not_asked_for_it_by_itself() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["dpop_signing_alg_values_supported"] = ["ES256"]
        profile = await rig.signed_in(sample)
        assert profile.grant is not None and profile.grant.dpop_key is None
        assert profile.grant.token_type == "Bearer"
        with pytest.raises(NotSupportedError):
            await rig.tokens.dpop_proof(
                profile.id, SomeRequest(method="GET", url=f"{sample.issuer}/me")
            )

    with_sample(story)


def test_an_algorithm_that_nobody_knows_ends_the_sign_in_at_its_beginning() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["dpop_signing_alg_values_supported"] = ["ES1024"]
        with pytest.raises(Exception, match="algorithm"):
            await rig.sign_ins.start(provider_id="sample")

    with_sample(story, dpop=True)


def test_a_changed_entry_sends_neither_token_nor_proof_to_another_place() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        gives_bound_tokens(sample)
        profile = await rig.signed_in(sample)
        async with SampleProvider(rig.clock) as elsewhere:
            entry = await rig.add_provider(sample, dpop=True)
            await rig.provider_store.save(
                replace(entry, issuer=elsewhere.issuer, token_endpoint=f"{elsewhere.issuer}/token")
            )
            await rig.tokens.refresh(profile.id)
            with pytest.raises(InvalidRequestError):
                await rig.tokens.dpop_proof(
                    profile.id, SomeRequest(method="GET", url=f"{elsewhere.issuer}/api")
                )
            assert elsewhere.requests == []

    with_sample(story, dpop=True)


def test_a_proof_goes_only_where_the_person_allowed() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        gives_bound_tokens(sample)
        profile = await rig.signed_in(sample)
        allowed = await rig.tokens.dpop_proof(
            profile.id, SomeRequest(method="POST", url="https://api.example/a?b=c")
        )
        assert allowed.authorization == "DPoP at-1"
        for url in ("https://api.example.org/", "http://api.example/", f"{sample.issuer}/me"):
            with pytest.raises(InvalidRequestError):
                await rig.tokens.dpop_proof(profile.id, SomeRequest(method="POST", url=url))

    with_sample(story, dpop=True, token_hosts=("https://api.example",), client_id=CLIENT_ID)
