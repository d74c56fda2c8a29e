"""What the person says about programs: answers to questions, and changes of mind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from desktop_app.services.lending.answers import granted, is_settled_by, of_question, picked
from desktop_app.services.lending.approvals import Approvals
from desktop_app.services.lending.loan_book import ANSWERED_DENIAL, LoanBook
from desktop_app.services.lending.loan_records import LoanRecords
from desktop_app.services.lending.loans import Decision, Loan, Proof, Question
from desktop_app.services.lending.meant_programs import MeantPrograms, ProgramRule
from desktop_app.services.ports import Peers
from desktop_app.services.profiles.profiles import ProfileService

Prove = Callable[[Proof], Awaitable[None]]
"""Returns if the proof shows the person; raises ``LockedError`` otherwise."""


class ProgramService:
    """Answers questions and changes loans, for the person."""

    def __init__(
        self,
        *,
        book: LoanBook,
        approvals: Approvals,
        records: LoanRecords,
        profiles: ProfileService,
        peers: Peers,
        prove: Prove,
    ) -> None:
        self._book = book
        self._approvals = approvals
        self._records = records
        self._profiles = profiles
        self._meant = MeantPrograms(book=book, approvals=approvals, peers=peers)
        self._prove = prove

    def loans(self, profile_id: str | None = None) -> Sequence[Loan]:
        """Return who may borrow now (of one account), the oldest loan first.

        Raises:
            LockedError: The vault is locked.
        """
        return [loan for loan in self._book.current(profile_id) if loan.decision != "deny"]

    def denials(self, profile_id: str | None = None) -> Sequence[Loan]:
        """Return who may not and is not asked about, the oldest first.

        Raises:
            LockedError: The vault is locked.
        """
        return [loan for loan in self._book.current(profile_id) if loan.decision == "deny"]

    def questions(self) -> Sequence[Question]:
        """Return the questions that wait for the person, the oldest first."""
        return self._approvals.list()

    def question(self, question_id: str) -> Question:
        """Return one of them.

        Raises:
            AlreadyDecidedError: It was answered.
            NotFoundError: There is none, or those who asked are gone.
        """
        return self._approvals.get(question_id)

    async def decide(
        self,
        question_id: str,
        decision: Decision,
        scopes: Sequence[str] | None = None,
        profile_id: str | None = None,
    ) -> Question:
        """Answer a question for the person, and return it.

        Args:
            question_id: Which.
            decision: ``once`` is one token; a ``deny`` holds for ten minutes.
            scopes: Those that are allowed of the ones asked for; None: all of them.
            profile_id: Which account, where the question is that.

        Raises:
            AlreadyDecidedError: It was answered.
            NotFoundError: There is none, or those who asked are gone.
            InvalidRequestError: *scopes* are not of the question, or a script is to be allowed
                for always; it stays open.
            LockedError: The vault is locked.
        """
        question = self._approvals.begin_deciding(question_id)
        if question.candidates:
            return await self._pick(question, decision, scopes, profile_id)
        try:
            allowed = of_question(question, scopes)
            await self._keep_answer(question, decision, allowed)
        except BaseException:
            self._approvals.stop_deciding(question_id)
            raise
        once = allowed if decision == "once" else None
        self._approvals.settle(question_id, decision, once=once)
        return question

    async def _pick(
        self,
        question: Question,
        decision: Decision,
        scopes: Sequence[str] | None,
        profile_id: str | None,
    ) -> Question:
        """Keep which account the person picked, and that the program may have it."""
        try:
            for each in picked(question, decision, profile_id):
                everything = granted(self._profiles.get(each), None)
                asked = replace(question, profile_id=each, scopes=everything)
                await self._keep_answer(asked, decision, of_question(asked, scopes), once=True)
        except BaseException:
            self._approvals.stop_deciding(question.id)
            raise
        meant = None if decision == "deny" else profile_id
        self._approvals.settle(question.id, decision, profile_id=meant)
        return question

    async def rule(self, rule: ProgramRule, proof: Proof | None) -> Loan:
        """Allow a program or keep it away, until that is changed; whoever waits goes on.

        Args:
            rule: What is wanted.
            proof: Shows a command to be in the person's hand; None for their own session.

        Raises:
            LockedError: The proof is wrong, or the vault is locked.
            TooManyGuessesError: Too many proofs were wrong.
            NotFoundError: There is no such account or loan.
            AmbiguousProgramError: The name fits several programs.
            InvalidRequestError: There is no such program, it runs other people's scripts, or
                it can't be allowed for always; or a scope was not granted.
        """
        if proof is not None:
            await self._prove(proof)
        profile = self._profiles.get(rule.profile_id)
        program = await self._meant.find(rule)
        decision = rule.decision or ("always" if program.may_be_always else "hour")
        scopes = granted(profile, rule.scopes)
        loan = self._book.draft(program, profile.id, decision, asked=rule.scopes, scopes=scopes)
        await self._records.decided(profile, program, decision, scopes)
        loan = await self._book.keep(
            loan, instead_of=lambda old: old.program.is_same_place(program)
        )
        self._approvals.settle_where(self._is_answered, decision)
        return loan

    async def take_back(self, loan_id: str) -> None:
        """Take a loan or a denial back, at once.

        Raises:
            NotFoundError: There is none, or its time has passed.
            LockedError: The vault is locked.
        """
        loan = self._book.get(loan_id)
        await self._records.taken_back(self._profiles.get(loan.profile_id), loan.program)
        await self._book.take_back(loan_id)

    async def restore(self, loan_id: str) -> Loan:
        """Undo a `take_back` of a moment ago; it holds no longer than it would have.

        Raises:
            NotFoundError: Nothing was taken back, or its time has passed.
            LockedError: The vault is locked.
        """
        loan = self._book.taken_back(loan_id)
        profile = self._profiles.get(loan.profile_id)
        await self._records.decided(profile, loan.program, loan.decision, loan.scopes)
        return await self._book.restore(loan_id)

    async def _keep_answer(
        self,
        question: Question,
        decision: Decision,
        scopes: Sequence[str],
        *,
        once: bool = False,
    ) -> None:
        program, asked = question.asker.program, question.asked
        loan = self._book.draft(
            program,
            question.profile_id,
            decision,
            asked=asked,
            scopes=scopes,
            seconds=ANSWERED_DENIAL if decision == "deny" else None,
            exact=question.narrows,
        )
        profile = self._profiles.get(question.profile_id)
        await self._records.decided(profile, program, decision, scopes)
        # A single token is handed to one of those who wait, so there is nothing to keep; who
        # waits for an account asks for the token afterwards.
        if decision != "once" or once:
            await self._book.keep(loan, instead_of=lambda old: is_settled_by(old, loan))

    def _is_answered(self, question: Question) -> bool:
        if question.candidates:
            return False
        program = question.asker.program
        profile = self._profiles.get(question.profile_id)
        found = self._book.standing(program, profile, question.asked)
        return found.denied or found.loan is not None
