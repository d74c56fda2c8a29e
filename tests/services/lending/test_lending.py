"""Lending: nobody gets anything that the person has not allowed, and all of it is written down."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from desktop_app.errors import (
    ApprovalRequiredError,
    InvalidRequestError,
    LockedError,
    NotFoundError,
)
from desktop_app.services.errors import (
    NeedsSignInError,
    NotSupportedError,
    ProviderUnreachableError,
)
from desktop_app.services.lending.lending_errors import (
    AlreadyDecidedError,
    ApprovalTimeoutError,
    DeniedError,
    TooManyQuestionsError,
)
from tests.support.account_stores import FullError
from tests.support.askers import made_up_asker
from tests.support.lending import SCOPES, Desk
from tests.support.loops import in_a_loop

GIT = made_up_asker("git")
MAIL = made_up_asker("mbsync")
SCRIPT = made_up_asker("report.py", kind="script", interpreter="/usr/bin/python3")


@in_a_loop
async def test_a_program_waits_until_the_person_allows_it() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT, "read")
    question = await desk.question()
    assert (question.asker, question.profile_id, question.scopes) == (GIT, "p1", ("read",))
    await desk.programs.decide(question.id, "once")
    assert (await asking).access_token == "access-token"
    assert desk.given == [("read",)]
    assert desk.calls.asked == [question.id]
    assert desk.log.outcomes == ["allowed", "given"]
    assert [name for name, _ in desk.events if name.startswith("approval")] == [
        "approval_asked",
        "approval_decided",
    ]


@in_a_loop
async def test_once_is_one_token() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    await desk.programs.decide((await desk.question()).id, "once")
    await asking
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(GIT, wait_seconds=0)
    assert desk.programs.loans() == []


@in_a_loop
async def test_of_those_who_share_a_question_one_gets_the_single_token() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = [desk.asks(GIT, "read") for _ in range(3)]
    first = await desk.question()
    await desk.programs.decide(first.id, "once")
    done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    assert len(done) == 1
    second = await desk.question()
    assert second.id != first.id
    await desk.programs.decide(second.id, "hour")
    await asyncio.gather(*asking)
    assert len(desk.given) == 3


@pytest.mark.parametrize(("decision", "lasts"), [("hour", 3_599.0), ("always", 1e9)])
@in_a_loop
async def test_an_answer_holds_as_long_as_it_says(decision: Any, lasts: float) -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    await desk.programs.decide((await desk.question()).id, decision)
    await asking
    desk.clock.now += lasts
    await desk.borrow(GIT, wait_seconds=0)
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(MAIL, wait_seconds=0)
    if decision == "hour":
        desk.clock.now += 2
        with pytest.raises(ApprovalRequiredError):
            await desk.borrow(GIT, wait_seconds=0)
        desk.clock.now -= 7_200
        with pytest.raises(ApprovalRequiredError):
            await desk.borrow(GIT, wait_seconds=0)


@in_a_loop
async def test_a_denial_holds_ten_minutes_without_a_new_question() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = [desk.asks(GIT), desk.asks(GIT)]
    await desk.programs.decide((await desk.question()).id, "deny")
    for each in asking:
        with pytest.raises(DeniedError):
            await each
    desk.clock.now += 599
    with pytest.raises(DeniedError):
        await desk.borrow(GIT, "read")
    desk.clock.now += 2
    assert len(desk.calls.asked) == 1
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(GIT, wait_seconds=0)


@in_a_loop
async def test_a_repeated_refusal_is_written_once_a_minute() -> None:
    desk = Desk()
    await desk.add_profile()
    for _ in range(5):
        with pytest.raises(ApprovalRequiredError):
            await desk.borrow(GIT, wait_seconds=0)
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(MAIL, wait_seconds=0)
    assert desk.log.outcomes == ["refused", "refused"]
    desk.clock.now += 61
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(GIT, wait_seconds=0)
    assert len(desk.log.outcomes) == 3


@in_a_loop
async def test_scopes_are_narrowed_by_the_person_and_stay_narrow() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    question = await desk.question()
    assert question.scopes == SCOPES
    await desk.programs.decide(question.id, "always", ["read", "write"])
    await asking
    await desk.borrow(GIT, wait_seconds=0)
    await desk.borrow(GIT, "read", "delete", wait_seconds=0)
    assert desk.given == [("read", "write"), ("read", "write"), ("read",)]
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(GIT, "delete", wait_seconds=0)


@in_a_loop
async def test_more_than_was_allowed_is_asked_about() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT, "read")
    await desk.programs.decide((await desk.question()).id, "always")
    await asking
    asking = desk.asks(GIT, "read", "write")
    await desk.programs.decide((await desk.question()).id, "deny")
    with pytest.raises(DeniedError):
        await asking
    # The denial is about more; what was allowed before still is.
    await desk.borrow(GIT, "read", wait_seconds=0)
    with pytest.raises(DeniedError):
        await desk.borrow(GIT, "write", wait_seconds=0)


@pytest.mark.parametrize("scopes", [["admin"], [], ["read", "admin"]])
@in_a_loop
async def test_only_what_was_asked_for_can_be_allowed(scopes: list[str]) -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT, "read")
    question = await desk.question()
    with pytest.raises(InvalidRequestError):
        await desk.programs.decide(question.id, "once", scopes)
    await desk.programs.decide(question.id, "once", ["read"])
    await asking


@in_a_loop
async def test_a_replaced_program_is_asked_about_again_and_shown_as_such() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    question = await desk.question()
    assert not question.replaced
    await desk.programs.decide(question.id, "always")
    await asking
    replaced = made_up_asker("git", fingerprint="another")
    asking = desk.asks(replaced)
    question = await desk.question()
    assert question.replaced
    await desk.programs.decide(question.id, "always")
    await asking
    # The new one took the place of the old one.
    assert [loan.program.fingerprint for loan in desk.programs.loans()] == ["another"]
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(GIT, wait_seconds=0)


@in_a_loop
async def test_a_script_can_not_be_allowed_for_always() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(SCRIPT)
    question = await desk.question()
    with pytest.raises(InvalidRequestError) as refused:
        await desk.programs.decide(question.id, "always")
    assert refused.value.fields["field"] == "decision"
    await desk.programs.decide(question.id, "hour")
    await asking


@in_a_loop
async def test_the_person_is_told_if_the_token_can_do_more() -> None:
    desk, narrow = Desk(), Desk(narrows=True)
    for each in (desk, narrow):
        await each.add_profile()
    asking = desk.asks(GIT, "read"), desk.asks(GIT), narrow.asks(GIT, "read")
    some, everything = await desk.questions(2)
    assert (some.wider, everything.wider) == (True, False)
    question = await narrow.question()
    assert (question.wider, question.narrows) == (False, True)
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)


@pytest.mark.parametrize("decision", ["once", "hour", "always"])
@in_a_loop
async def test_what_was_promised_to_be_less_is_asked_about_again_if_the_provider_gives_more(
    decision: Any,
) -> None:
    desk = Desk(narrows=True)
    await desk.add_profile()
    desk.heeds = False
    asking = desk.asks(GIT)
    promised = await desk.question()
    assert promised.narrows
    await desk.programs.decide(promised.id, decision, ["read"])
    async with asyncio.timeout(120):
        while (again := await desk.question()).id == promised.id:
            await asyncio.sleep(0)
    assert not again.narrows
    assert not asking.done()
    await desk.programs.decide(again.id, decision, ["read"])
    # Now the person knew.
    assert (await asking).wider
    codes = [each.error for each in desk.log.entries if each.outcome == "failed"]
    assert codes == ["wider_than_allowed"]


@in_a_loop
async def test_a_promise_holds_for_who_joined_the_question_when_it_could_not_be_made_any_more() -> (
    None
):
    desk = Desk(narrows=True)
    await desk.add_profile()
    first = desk.asks(GIT)
    promised = await desk.question()
    assert promised.narrows
    desk.narrows = desk.heeds = False
    second = desk.asks(GIT)
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait({first})
    await desk.programs.decide(promised.id, "once", ["read"])
    async with asyncio.timeout(120):
        while not second.done() and not desk.programs.questions():
            await asyncio.sleep(0)
    assert not second.done(), "it got more than the person allowed"
    assert not (await desk.question()).narrows
    second.cancel()
    await asyncio.wait({second})


@in_a_loop
async def test_a_loan_with_a_promise_does_not_hold_where_that_can_not_be_kept() -> None:
    desk = Desk(narrows=True)
    await desk.add_profile()
    asking = desk.asks(GIT)
    await desk.programs.decide((await desk.question()).id, "always", ["read"])
    assert (await asking).scopes == ("read",)
    assert (await desk.borrow(GIT, wait_seconds=0)).scopes == ("read",)
    desk.heeds = False
    for _ in range(2):
        with pytest.raises(ApprovalRequiredError):
            await desk.borrow(GIT, wait_seconds=0)
    desk.narrows = desk.heeds = True
    assert (await desk.borrow(GIT, wait_seconds=0)).scopes == ("read",)


@in_a_loop
async def test_the_settings_say_what_is_offered_first() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    assert (await desk.question()).first is None
    desk.first = "hour"
    more = desk.asks(MAIL)
    assert (await desk.questions(2))[1].first == "hour"
    for task in (asking, more):
        task.cancel()
    await asyncio.wait({asking, more})


@in_a_loop
async def test_when_the_asker_goes_the_question_goes() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = [desk.asks(GIT), desk.asks(GIT)]
    question = await desk.question()
    asking[0].cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking[0]
    assert desk.programs.question(question.id) == question
    asking[1].cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking[1]
    with pytest.raises(NotFoundError):
        await desk.programs.decide(question.id, "always")
    assert desk.programs.loans() == []
    assert set(desk.log.outcomes) == {"gone"}


@in_a_loop
async def test_nobody_answers_in_time() -> None:
    desk = Desk()
    await desk.add_profile()
    with pytest.raises(ApprovalTimeoutError):
        await desk.borrow(GIT, wait_seconds=0.01)
    assert desk.programs.questions() == []
    assert desk.log.outcomes == ["timeout"]


@in_a_loop
async def test_the_first_of_two_answers_counts() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    question = await desk.question()
    answers = await asyncio.gather(
        desk.programs.decide(question.id, "hour"),
        desk.programs.decide(question.id, "deny"),
        return_exceptions=True,
    )
    assert [type(each) for each in answers] == [type(question), AlreadyDecidedError]
    await asking
    for look in (desk.programs.question, lambda id_: desk.programs.decide(id_, "deny")):
        with pytest.raises(AlreadyDecidedError):
            found = look(question.id)
            await found  # type: ignore[misc]


@in_a_loop
async def test_an_answer_that_can_not_be_kept_leaves_the_question_open() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    question = await desk.question()
    desk.log.failure = FullError()
    with pytest.raises(FullError):
        await desk.programs.decide(question.id, "always")
    assert desk.programs.loans() == []
    desk.log.failure = None
    await desk.programs.decide(question.id, "always")
    await asking


@in_a_loop
async def test_nothing_is_lent_that_can_not_be_written_down() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    await desk.programs.decide((await desk.question()).id, "always")
    await asking
    desk.log.failure = FullError()
    with pytest.raises(FullError):
        await desk.borrow(GIT)


@in_a_loop
async def test_a_loan_that_came_to_nothing_is_written_down_as_that() -> None:
    desk = Desk()
    await desk.add_profile()
    desk.failure = ProviderUnreachableError("no network")
    asking = desk.asks(GIT)
    await desk.programs.decide((await desk.question()).id, "hour")
    with pytest.raises(ProviderUnreachableError):
        await asking
    assert desk.log.outcomes == ["allowed", "failed"]
    assert desk.log.entries[-1].error == "provider_unreachable"


@in_a_loop
async def test_nobody_is_asked_for_the_impossible() -> None:
    desk = Desk()
    await desk.add_profile()
    await desk.add_profile("signing", signature_method="HMAC-SHA1")
    with pytest.raises(InvalidRequestError):
        await desk.borrow(GIT, "admin")
    with pytest.raises(NotFoundError):
        await desk.borrow(GIT, profile_id="none")
    with pytest.raises(NotSupportedError):
        await desk.borrow(GIT, profile_id="signing")
    await desk.profiles.update("p1", lambda old: _with_status(old, "needs_sign_in"))
    with pytest.raises(NeedsSignInError):
        await desk.borrow(GIT)
    assert desk.calls.asked == []


@in_a_loop
async def test_the_persons_own_session_needs_no_approval_but_is_written_down() -> None:
    desk = Desk()
    await desk.add_profile()
    await desk.borrow(None, "read")
    entry = desk.log.entries[0]
    assert (entry.by, entry.outcome, entry.program) == ("person", "given", None)


@in_a_loop
async def test_the_log_says_who_took_what_for_what() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(
        GIT, purpose="oauth1_signature", target="https://api.example", says="to push"
    )
    await desk.programs.decide((await desk.question()).id, "once")
    await asking
    entry = desk.log.entries[-1]
    assert (entry.outcome, entry.purpose, entry.target) == (
        "given",
        "oauth1_signature",
        "https://api.example",
    )
    assert (entry.program, entry.pid, entry.parents) == (GIT.program, GIT.pid, GIT.parents)
    assert (entry.account, entry.provider, entry.says) == ("Ada Example", "forge", "to push")
    assert (entry.decision, entry.scopes) == ("once", SCOPES)


@pytest.mark.parametrize("how", ["revoked", "forgotten"])
@in_a_loop
async def test_an_account_that_goes_takes_its_loans_and_questions_along(how: str) -> None:
    desk = Desk()
    await desk.add_profile()
    await desk.add_profile("p2")
    for profile_id in ("p1", "p2"):
        asking = desk.asks(GIT, profile_id=profile_id)
        await desk.programs.decide((await desk.question()).id, "always")
        await asking
    waiting = desk.asks(MAIL)
    await desk.question()
    if how == "revoked":
        await desk.profiles.update("p1", lambda old: _with_status(old, "revoked"))
    else:
        await desk.profiles.forget("p1")
    with pytest.raises(NeedsSignInError):
        await waiting
    await desk.lending.close()
    assert [loan.profile_id for loan in desk.shelf.all()] == ["p2"]


@in_a_loop
async def test_locking_ends_every_wait() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = [desk.asks(GIT), desk.asks(MAIL)]
    await desk.questions(2)
    await desk.lending.close()
    for each in asking:
        with pytest.raises(LockedError):
            await each


@in_a_loop
async def test_what_is_over_is_tidied_away() -> None:
    desk = Desk()
    await desk.add_profile()
    await desk.add_profile("gone")
    for asker, profile_id, decision in (
        (GIT, "p1", "hour"),
        (MAIL, "p1", "always"),
        (GIT, "gone", "always"),
    ):
        asking = desk.asks(asker, profile_id=profile_id)
        await desk.programs.decide((await desk.question()).id, decision)  # type: ignore[arg-type]
        await asking
    await desk.profile_store.delete("gone")
    desk.clock.now += 3_601
    await desk.lending.tidy()
    assert [loan.program.name for loan in desk.shelf.all()] == ["mbsync"]


@in_a_loop
async def test_a_hundred_programs_wait_at_once_and_each_is_answered() -> None:
    desk = Desk()
    await desk.add_profile()
    askers = [made_up_asker(f"program-{number}") for number in range(100)]
    asking = [desk.asks(each) for each in askers]
    for question in await desk.questions(100):
        await desk.programs.decide(question.id, "once")
    await asyncio.gather(*asking)
    assert len(desk.given) == 100


@in_a_loop
async def test_a_program_can_not_flood_the_person_with_questions() -> None:
    desk = Desk()
    scopes = tuple(f"s{number}" for number in range(200))
    await desk.add_profile(scopes=scopes)
    asking = [desk.asks(GIT, scope) for scope in scopes]
    done, pending = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    await desk.questions(32)
    other = desk.asks(MAIL)
    await desk.questions(33)
    results = await asyncio.gather(*done, return_exceptions=True)
    assert {type(each) for each in results} == {TooManyQuestionsError}
    for task in (*pending, other):
        task.cancel()
    await asyncio.wait({*pending, other})
    assert desk.programs.questions() == []


@in_a_loop
async def test_a_thousand_that_ask_the_same_share_one_question() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = [desk.asks(GIT, "read") for _ in range(1_000)]
    await desk.programs.decide((await desk.question()).id, "hour")
    await asyncio.gather(*asking)
    assert len(desk.given) == 1_000
    assert len(desk.calls.asked) == 1


@in_a_loop
async def test_a_proof_may_be_made_again_with_the_servers_nonce() -> None:
    desk = Desk()
    await desk.add_profile()
    proof = {"purpose": "dpop_proof", "target": "https://api.example"}
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(GIT, wait_seconds=0, is_retry=True, **proof)
    asking = desk.asks(GIT, **proof)
    await desk.programs.decide((await desk.question()).id, "once")
    await asking
    await desk.borrow(GIT, wait_seconds=0, is_retry=True, **proof)
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(GIT, wait_seconds=0, is_retry=True, **proof)


def _with_status(profile: Any, status: str) -> Any:
    from dataclasses import replace

    return replace(profile, status=status)


@in_a_loop
async def test_a_question_whose_askers_left_while_it_failed_to_be_kept_is_gone() -> None:
    desk = Desk()
    await desk.add_profile()
    asking = desk.asks(GIT)
    question = await desk.question()
    desk.log.failure = FullError()
    deciding = asyncio.create_task(desk.programs.decide(question.id, "always"))
    await asyncio.sleep(0)
    asking.cancel()
    results = await asyncio.gather(deciding, asking, return_exceptions=True)
    assert [type(each) for each in results] == [FullError, asyncio.CancelledError]
    assert desk.programs.questions() == []
