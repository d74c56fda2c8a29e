"""``/v1.0/approvals`` and ``/v1.0/programs``: what the person says about programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from desktop_app.errors import PersonRequiredError
from desktop_app.services.lending.loans import Proof
from desktop_app.services.lending.meant_programs import ProgramRule
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.v1_0.schemas.lending import (
    ApprovalAnswer,
    ProgramRuleBody,
    approval_body,
    approval_list,
    loan_body,
    loan_lists,
)
from desktop_app.v1_0.schemas.program import NoFields
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.lending.programs import ProgramService


class ApprovalsHandler(ApiHandler):
    """``GET``: the questions that wait for the person."""

    person_only: ClassVar[bool] = True

    def initialize(self, programs: ProgramService) -> None:
        """Take what the person says about programs."""
        self._programs = programs

    async def get(self) -> None:
        """Answer the questions, the oldest first."""
        self.write_json(approval_list(self._programs.questions()))


class ApprovalHandler(ApprovalsHandler):
    """``GET``: one question. ``POST``: the person's answer to it."""

    bodies: ClassVar = {"POST": ApprovalAnswer}

    async def get(self, question_id: str = "") -> None:
        """Answer the question."""
        self.write_json(approval_body(self._programs.question(question_id)))

    async def post(self, question_id: str) -> None:
        """Decide it, and answer what it was."""
        answer: ApprovalAnswer = self.body
        question = await self._programs.decide(
            question_id, answer.decision, answer.scopes, answer.profile_id
        )
        self.write_json(approval_body(question))


class ProgramsHandler(ApiHandler):
    """``GET``: who may borrow what until when. ``POST``: allow a program, or keep it away."""

    bodies: ClassVar = {"POST": ProgramRuleBody}

    def initialize(self, programs: ProgramService, profiles: ProfileService) -> None:
        """Take what the person says about programs, and the profiles to find one by its name."""
        self._programs = programs
        self._profiles = profiles

    async def get(self) -> None:
        """Answer the loans and the denials."""
        self.write_json(loan_lists(self._programs.loans(), self._programs.denials()))

    async def post(self) -> None:
        """Allow or deny, and answer the loan; a command proves that the person stands behind it.

        Raises:
            PersonRequiredError: A program asks without a proof.
        """
        wish: ProgramRuleBody = self.body
        proof = self._proof(wish)
        scopes = None if wish.scopes is None else tuple(wish.scopes)
        rule = ProgramRule(
            program=wish.program,
            profile_id=self._profiles.resolve(wish.profile_id).id,
            found_at=wish.found_at,
            decision=wish.decision,
            scopes=scopes,
        )
        loan = await self._programs.rule(rule, proof)
        self.set_header("Location", self.reverse_url("api-program", loan.id))
        self.write_json(loan_body(loan), 201)

    def _proof(self, wish: ProgramRuleBody) -> Proof | None:
        if self.caller is not None and self.caller.is_person:
            return None
        if wish.proof is None:
            raise PersonRequiredError
        return Proof(passphrase=wish.proof.passphrase, key_file=wish.proof.key_file)


class _OneLoanHandler(ApiHandler):
    person_only: ClassVar[bool] = True

    def initialize(self, programs: ProgramService) -> None:
        """Take what the person says about programs."""
        self._programs = programs


class ProgramHandler(_OneLoanHandler):
    """``DELETE``: take a loan or a denial back, at once."""

    async def delete(self, loan_id: str) -> None:
        """Take it back."""
        await self._programs.take_back(loan_id)
        self.set_status(204)


class RestoredProgramHandler(_OneLoanHandler):
    """``POST``: undo a taking back of a moment ago."""

    bodies: ClassVar = {"POST": NoFields}

    async def post(self, loan_id: str) -> None:
        """Keep it again as it was, and answer it."""
        self.write_json(loan_body(await self._programs.restore(loan_id)))
