"""Lending: the questions for the person, who may borrow what, who took what."""

from __future__ import annotations

from desktop_app.v1_0.operation import NOTHING, Operation
from desktop_app.v1_0.schemas import activity, lending, program

LENDING = (
    Operation(
        "approvals",
        "get",
        "/approvals",
        "The questions that wait for the person",
        lending.ApprovalList,
        person=True,
    ),
    Operation(
        "approval",
        "get",
        "/approvals/{id}",
        "One question",
        lending.ApprovalBody,
        errors=(404, 409),
        person=True,
    ),
    Operation(
        "approval",
        "post",
        "/approvals/{id}",
        "Answer a question",
        lending.ApprovalBody,
        takes=lending.ApprovalAnswer,
        errors=(404, 409, 507),
        person=True,
    ),
    Operation(
        "account-choices",
        "post",
        "/account-choices",
        "Let the person pick one of several accounts, or return what they picked before",
        lending.ChoiceBody,
        takes=lending.ChoiceWish,
        errors=(404, 408, 409, 429, 507),
    ),
    Operation("programs", "get", "/programs", "Who may borrow what until when", lending.LoanLists),
    Operation(
        "programs",
        "post",
        "/programs",
        "Allow a program, or keep it away; a program needs a proof of the person",
        lending.LoanBody,
        status=201,
        takes=lending.ProgramRuleBody,
        errors=(404, 409, 429, 507),
    ),
    Operation(
        "program",
        "delete",
        "/programs/{id}",
        "Take a loan or a denial back",
        NOTHING,
        status=204,
        errors=(404, 507),
        person=True,
    ),
    Operation(
        "program-restore",
        "post",
        "/programs/{id}/restore",
        "Undo a taking back of a moment ago; it holds no longer than it would have",
        lending.LoanBody,
        takes=program.NoFields,
        errors=(404, 507),
        person=True,
    ),
    Operation(
        "activity",
        "get",
        "/activity",
        "Who took what, when; newest first",
        activity.ActivityList,
        query=activity.ActivityQuery,
        errors=(409,),
    ),
    Operation(
        "activity-verify",
        "get",
        "/activity/verify",
        "Whether the log is as it was written",
        activity.VerificationBody,
    ),
)
