"""What an answer of the person may say of a question, and which earlier ones it replaces."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.errors import InvalidRequestError, Reason
from desktop_app.services.accounts import Profile
from desktop_app.services.lending.loans import Decision, Loan, Question


def of_question(question: Question, scopes: Sequence[str] | None) -> tuple[str, ...]:
    """Return the scopes that are allowed.

    Raises:
        InvalidRequestError: They are not of the question, or none are left.
    """
    if scopes is None:
        return question.scopes
    if not set(scopes) <= set(question.scopes) or (question.scopes and not scopes):
        raise InvalidRequestError("only what was asked for can be allowed", field="scopes")
    return tuple(scope for scope in question.scopes if scope in scopes)


def picked(question: Question, decision: Decision, profile_id: str | None) -> Sequence[str]:
    """Return the accounts that the answer is about: a denial is about all of them.

    Raises:
        InvalidRequestError: None of them was picked; it is never guessed.
    """
    if decision == "deny":
        return question.candidates
    if profile_id is None or profile_id not in question.candidates:
        raise InvalidRequestError("pick one of the accounts", field="profile_id")
    return (profile_id,)


def granted(profile: Profile, scopes: Sequence[str] | None) -> tuple[str, ...]:
    """Return *scopes*, or without them all that *profile* was granted.

    Raises:
        InvalidRequestError: One was not granted; ``missing`` lists all that were not.
    """
    there = profile.grant.scopes_granted if profile.grant else ()
    if scopes is None:
        return there
    missing = [scope for scope in scopes if scope not in there]
    if missing:
        raise InvalidRequestError(
            Reason("this account was not allowed {scopes}", scopes=", ".join(missing)),
            field="scopes",
            missing=missing,
        )
    return tuple(scopes)


def is_settled_by(old: Loan, new: Loan) -> bool:
    """Tell whether *new*, an answer to a question, takes the place of *old*."""
    if not old.program.is_same_place(new.program):
        return False
    if new.decision == "deny" or old.decision == "deny":
        return old.decision == "deny"
    if not old.program.is_same(new.program) or new.asked is None:
        return True
    return old.asked is not None and set(old.asked) <= set(new.asked)
