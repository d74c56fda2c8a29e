"""Taking everything back goes on over failures, tells how far it is, and one round runs at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from desktop_app.providers.rules import Call, RevocationRules
from desktop_app.services.accounts import Profile
from desktop_app.services.tokens.revocation_rounds import RevocationRounds
from tests.support.rig import Rig
from tests.support.sample_provider import SampleProvider, as_json

Story = Callable[[Rig, SampleProvider, RevocationRounds], Awaitable[None]]


def with_accounts(story: Story, subjects: tuple[str, ...] = ("one", "two", "three")) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample)
            for subject in subjects:
                sample.subject = subject
                await rig.signed_in(sample)
            rounds = RevocationRounds(
                profiles=rig.profiles, revoke=rig.tokens.revoke, publish=rig.bus.publish
            )
            try:
                await story(rig, sample, rounds)
            finally:
                await rounds.close()

    asyncio.run(run())


async def over(rounds: RevocationRounds) -> None:
    async with asyncio.timeout(120):
        while rounds.running:
            await asyncio.sleep(0.01)


def named(rig: Rig, subject: str) -> Profile:
    return next(each for each in rig.profiles.all() if each.subject == subject)


def test_every_account_is_taken_back_with_its_proof() -> None:
    async def story(rig: Rig, sample: SampleProvider, rounds: RevocationRounds) -> None:
        assert [step.status for step in rounds.start()] == ["waiting"] * 3
        await over(rounds)
        proofs = {step.revocation.proof for step in rounds.steps if step.revocation}
        assert (proofs, len(rounds.steps)) == ({"provider_confirmed"}, 3)
        assert {each.status for each in rig.profiles.all()} == {"revoked"}
        assert rounds.candidates() == []

    with_accounts(story)


def test_one_that_fails_does_not_stop_the_others_and_can_be_tried_again() -> None:
    async def story(rig: Rig, sample: SampleProvider, rounds: RevocationRounds) -> None:
        def refuse(form: dict[str, str]) -> tuple[int, str, bytes]:
            if form["token"] in {"rt-2", "at-2"}:
                return as_json({"error": "server_says_no"}, 400)
            return 200, "text/plain", b""

        sample.answers["/revoke"] = refuse
        rounds.start()
        await over(rounds)
        failed = [step for step in rounds.steps if step.status == "failed"]
        assert [step.profile_id for step in failed] == [named(rig, "two").id]
        assert failed[0].failure is not None
        assert failed[0].failure.code == "revocation_failed"
        del sample.answers["/revoke"]
        assert [step.profile_id for step in rounds.start()] == [named(rig, "two").id]
        await over(rounds)
        assert {each.status for each in rig.profiles.all()} == {"revoked"}

    with_accounts(story)


def test_what_can_not_be_told_says_so_and_stays() -> None:
    async def story(rig: Rig, sample: SampleProvider, rounds: RevocationRounds) -> None:
        def without(profile: Profile) -> Profile:
            assert profile.grant is not None
            return replace(profile, grant=replace(profile.grant, revocation_endpoint=None))

        await rig.profiles.update(named(rig, "one").id, without)
        rounds.start()
        await over(rounds)
        by_id = {step.profile_id: step.revocation for step in rounds.steps}
        told = by_id[named(rig, "one").id]
        assert told is not None
        assert (told.proof, told.complete) == ("not_supported", False)
        assert named(rig, "one").status == "active"

    with_accounts(story, ("one", "two"))


def test_a_fault_of_ours_is_a_failure_of_that_account_alone() -> None:
    async def story(rig: Rig, sample: SampleProvider, rounds: RevocationRounds) -> None:
        async def broken(profile_id: str) -> object:
            if profile_id == named(rig, "one").id:
                raise RuntimeError("the fault")
            return await rig.tokens.revoke(profile_id)

        faulty = RevocationRounds(
            profiles=rig.profiles,
            revoke=broken,  # type: ignore[arg-type]
            publish=rig.bus.publish,
        )
        faulty.start()
        await over(faulty)
        assert sorted(step.status for step in faulty.steps) == ["done", "failed"]

    with_accounts(story, ("one", "two"))


def test_every_change_is_told_and_the_end_too() -> None:
    async def story(rig: Rig, sample: SampleProvider, rounds: RevocationRounds) -> None:
        rig.events.clear()
        rounds.start()
        await over(rounds)
        mine = [(event, data.get("status")) for event, data in rig.events if "revo" in event]
        assert mine == [
            ("revocation", "running"),
            ("revocation", "done"),
            ("revocations_over", None),
        ]

    with_accounts(story, ("one",))


def test_a_second_start_joins_the_round_and_locking_gives_it_up() -> None:
    async def story(rig: Rig, sample: SampleProvider, rounds: RevocationRounds) -> None:
        first = rounds.start()
        assert rounds.start() == first
        await rounds.close()
        assert (rounds.running, rounds.steps) == (False, ())

    with_accounts(story, ("one",))


@pytest.mark.parametrize("ends", [("access_token",), ("refresh_token",)])
def test_an_end_of_one_token_is_not_called_the_end_of_all(ends: tuple[str, ...]) -> None:
    """Yandex ends access tokens alone."""

    async def story(rig: Rig, sample: SampleProvider, rounds: RevocationRounds) -> None:
        call = Call(method="POST", url=f"{sample.issuer}/revoke", authorization="token")

        def own_way(profile: Profile) -> Profile:
            assert profile.grant is not None
            rules = RevocationRules(call=call, ends=ends)
            return replace(profile, grant=replace(profile.grant, own_revocation=rules))

        profile_id = named(rig, "one").id
        await rig.profiles.update(profile_id, own_way)
        done = await rig.tokens.revoke(profile_id)
        assert (done.revoked, done.complete) == (ends, False)
        assert ("own page" in done.message) is (ends == ("access_token",))

    with_accounts(story, ("one",))


def test_a_grant_that_ended_before_its_own_way_was_tried_is_over() -> None:
    async def story(rig: Rig, sample: SampleProvider, rounds: RevocationRounds) -> None:
        call = Call(method="POST", url=f"{sample.issuer}/revoke", authorization="token")

        def own_way(profile: Profile) -> Profile:
            assert profile.grant is not None
            rules = RevocationRules(call=call)
            return replace(profile, grant=replace(profile.grant, own_revocation=rules))

        profile_id = named(rig, "one").id
        await rig.profiles.update(profile_id, own_way)
        rig.clock.now += 400
        sample.answers["/token"] = lambda _: as_json({"error": "invalid_grant"}, 400)
        done = await rig.tokens.revoke(profile_id)
        assert (done.proof, done.complete) == ("nothing_left", True)
        assert sample.asked("/revoke") == []

    with_accounts(story, ("one",))
