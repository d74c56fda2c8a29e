"""What the person says about programs outside of a question."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from desktop_app.errors import ApprovalRequiredError, InvalidRequestError, NotFoundError
from desktop_app.services.lending.lending_errors import (
    AmbiguousProgramError,
    DeniedError,
    NotForAlwaysError,
    ProgramFileError,
)
from desktop_app.services.lending.loans import Decision, Loan, Proof
from desktop_app.services.lending.meant_programs import ProgramRule
from desktop_app.services.locking.lock_errors import WrongPassphraseError
from tests.support.askers import made_up_asker, made_up_program
from tests.support.lending import SCOPES, Desk
from tests.support.loops import in_a_loop

GIT = made_up_asker("git")
SCRIPT = made_up_asker("report.py", kind="script")
PROOF = Proof(passphrase="the passphrase")


async def desk_with_git() -> Desk:
    desk = Desk()
    await desk.add_profile()
    for each in (GIT, SCRIPT):
        desk.peers.programs[each.program.path] = each.program
    return desk


async def rule(desk: Desk, program: str = GIT.program.path, **values: Any) -> Loan:
    made = ProgramRule(**{"program": program, "profile_id": "p1", **values})
    return await desk.programs.rule(made, PROOF)


@in_a_loop
async def test_a_program_is_allowed_before_it_asks() -> None:
    desk = await desk_with_git()
    loan = await rule(desk)
    assert (loan.decision, loan.until, loan.scopes) == ("always", None, SCOPES)
    assert desk.proofs == [PROOF]
    await desk.borrow(GIT, wait_seconds=0)
    assert desk.log.outcomes == ["allowed", "given"]


@in_a_loop
async def test_a_wrong_proof_changes_nothing() -> None:
    desk = await desk_with_git()
    desk.refuse_proofs = WrongPassphraseError()
    with pytest.raises(WrongPassphraseError):
        await rule(desk)
    assert desk.programs.loans() == []


@in_a_loop
async def test_a_script_is_allowed_for_an_hour_unless_always_is_wanted() -> None:
    desk = await desk_with_git()
    loan = await rule(desk, SCRIPT.program.path)
    assert loan.decision == "hour"
    await desk.borrow(SCRIPT, wait_seconds=0)
    with pytest.raises(NotForAlwaysError):
        await rule(desk, SCRIPT.program.path, decision="always")


@in_a_loop
async def test_once_is_one_token_also_beforehand() -> None:
    desk = await desk_with_git()
    await rule(desk, decision="once")
    both = await asyncio.gather(
        desk.borrow(GIT, wait_seconds=0), desk.borrow(GIT, wait_seconds=0), return_exceptions=True
    )
    assert [type(each) for each in both].count(ApprovalRequiredError) == 1
    assert desk.shelf.all() == ()


@in_a_loop
async def test_once_that_came_to_nothing_is_still_there() -> None:
    desk = await desk_with_git()
    await rule(desk, decision="once")
    desk.failure = NotFoundError()
    with pytest.raises(NotFoundError):
        await desk.borrow(GIT, wait_seconds=0)
    desk.failure = None
    await desk.borrow(GIT, wait_seconds=0)


@in_a_loop
async def test_a_denial_by_command_holds_until_it_is_changed() -> None:
    desk = await desk_with_git()
    await rule(desk)
    denial = await rule(desk, decision="deny")
    assert desk.programs.loans() == []
    assert desk.programs.denials() == [denial]
    desk.clock.now += 1e9
    for asker in (GIT, made_up_asker("git", fingerprint="another")):
        with pytest.raises(DeniedError):
            await desk.borrow(asker)
    await rule(desk, decision="once")
    assert desk.programs.denials() == []
    await desk.borrow(GIT, wait_seconds=0)


@in_a_loop
async def test_those_who_wait_go_on_when_a_command_answers() -> None:
    """On a machine without a screen."""
    desk = await desk_with_git()
    waiting = desk.asks(GIT), desk.asks(SCRIPT)
    await desk.questions(2)
    await rule(desk)
    await waiting[0]
    await rule(desk, SCRIPT.program.path, decision="deny")
    with pytest.raises(DeniedError):
        await waiting[1]
    assert desk.programs.questions() == []


@in_a_loop
async def test_a_command_that_allows_less_leaves_the_question_open() -> None:
    desk = await desk_with_git()
    waiting = desk.asks(GIT, "delete")
    question = await desk.question()
    await rule(desk, scopes=("read",))
    assert desk.programs.questions() == [question]
    await desk.programs.decide(question.id, "once")
    await waiting


@in_a_loop
async def test_scopes_that_were_not_granted_can_not_be_allowed() -> None:
    desk = await desk_with_git()
    with pytest.raises(InvalidRequestError):
        await rule(desk, scopes=("admin",))


@in_a_loop
async def test_a_program_is_named_by_its_loan_or_its_name() -> None:
    desk = await desk_with_git()
    loan = await rule(desk)
    denial = await rule(desk, loan.id, decision="deny")
    assert denial.program == GIT.program
    assert (await rule(desk, "git")).program == GIT.program
    with pytest.raises(ProgramFileError):
        await rule(desk, "hg")
    with pytest.raises(ProgramFileError):
        await rule(desk, "/nowhere/git")
    with pytest.raises(NotFoundError):
        await rule(desk, profile_id="none")


@in_a_loop
async def test_a_loan_keeps_its_id_whatever_the_person_says_of_it_later() -> None:
    """Who noted the id that ``programs`` gave can still use it after a change of mind."""
    desk = await desk_with_git()
    loan = await rule(desk)
    assert (await rule(desk, loan.id, decision="deny")).id == loan.id
    assert desk.programs.loans() == []
    assert (await rule(desk, loan.id)).id == loan.id
    assert [each.id for each in desk.programs.loans()] == [loan.id]


@pytest.mark.parametrize("decision", ["always", "deny"])
@in_a_loop
async def test_what_the_person_says_while_a_single_token_is_taken_is_kept(
    decision: Decision,
) -> None:
    desk = await desk_with_git()
    once = await rule(desk, decision="once")
    later = desk.book.draft(GIT.program, "p1", decision, asked=None, scopes=SCOPES)
    kept, _ = await asyncio.gather(
        desk.book.keep(later, instead_of=lambda old: old.id == once.id), desk.book.use_up(once)
    )
    assert desk.book.current("p1") == [kept]


@in_a_loop
async def test_a_name_that_fits_several_is_an_error_that_lists_them() -> None:
    desk = await desk_with_git()
    other = made_up_program("git", path="/usr/local/bin/git")
    desk.peers.programs[other.path] = other
    await rule(desk)
    await rule(desk, other.path)
    with pytest.raises(AmbiguousProgramError) as refused:
        await rule(desk, "git")
    assert refused.value.fields["candidates"] == ["/opt/bin/git", "/usr/local/bin/git"]


@in_a_loop
async def test_a_loan_is_taken_back_at_once() -> None:
    desk = await desk_with_git()
    loan = await rule(desk)
    await desk.programs.take_back(loan.id)
    with pytest.raises(ApprovalRequiredError):
        await desk.borrow(GIT, wait_seconds=0)
    with pytest.raises(NotFoundError):
        await desk.programs.take_back(loan.id)
    assert desk.log.outcomes[:2] == ["allowed", "revoked"]
    changed = [data for name, data in desk.events if name == "programs_changed"]
    assert changed == [{"profile_id": "p1"}, {"profile_id": "p1"}]


@in_a_loop
async def test_who_uses_an_account_is_listed() -> None:
    desk = await desk_with_git()
    await desk.add_profile("p2")
    first = await rule(desk)
    await rule(desk, profile_id="p2")
    assert desk.programs.loans("p1") == [first]
    assert len(desk.programs.loans()) == 2
