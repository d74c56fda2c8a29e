"""Which earlier answer holds for a wish."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_app.services.lending.askers import AskingProgram
from desktop_app.services.lending.loans import Loan
from desktop_app.services.lending.standing import standing
from tests.support.askers import made_up_program

GIT = made_up_program("git")
ALL = ("read", "write", "delete")


def loan(decision: str = "always", program: AskingProgram = GIT, **values: Any) -> Loan:
    given = {"id": decision, "profile_id": "p1", "created_at": 0.0, "scopes": ALL}
    return Loan(**(given | {"program": program, "decision": decision} | values))


@pytest.mark.parametrize(
    ("kept", "asked", "granted", "allowed"),
    [
        # The person was asked about everything, and allowed some.
        ({"scopes": ("read",)}, None, ALL, ("read",)),
        ({"scopes": ("read",)}, ("read",), ALL, ("read",)),
        ({"scopes": ("read",)}, ("read", "write"), ALL, ("read",)),
        ({"scopes": ("read",)}, ("write",), ALL, None),
        # They were asked about some.
        ({"asked": ("read", "write"), "scopes": ("read",)}, None, ALL, ("read",)),
        ({"asked": ("read", "write"), "scopes": ("read",)}, ("write", "read"), ALL, ("read",)),
        ({"asked": ("read",), "scopes": ("read",)}, ("read", "write"), ALL, None),
        # What the account has by now is another matter.
        ({"scopes": ("read", "write")}, None, ("write",), ("write",)),
        ({"scopes": ("read",)}, None, ("write",), None),
        ({"scopes": ()}, None, (), ()),
        ({"scopes": ()}, None, ("write",), None),
    ],
)
def test_a_loan_answers_what_it_was_about(
    kept: dict[str, Any],
    asked: tuple[str, ...] | None,
    granted: tuple[str, ...],
    allowed: tuple[str, ...] | None,
) -> None:
    found = standing([loan(**kept)], GIT, asked, granted)
    assert (found.scopes if found.loan else None) == allowed


def test_what_holds_longer_is_used_before_a_single_token() -> None:
    for loans in ([loan("once"), loan("hour")], [loan("hour"), loan("once")]):
        found = standing(loans, GIT, None, ALL)
        assert found.loan is not None
        assert found.loan.decision == "hour"


def test_a_denial_is_of_the_place_and_a_loan_of_what_is_in_it() -> None:
    other = made_up_program("git", fingerprint="other")
    denied = standing([loan("deny")], other, None, ALL)
    assert denied.denied
    replaced = standing([loan()], other, None, ALL)
    assert (replaced.loan, replaced.denied, replaced.replaced) == (None, False, True)
    elsewhere = standing([loan(), loan("deny")], made_up_program("hg"), None, ALL)
    assert (elsewhere.loan, elsewhere.denied, elsewhere.replaced) == (None, False, False)


def test_code_without_a_file_is_denied_by_its_words_or_by_its_interpreter() -> None:
    python = made_up_program("python3")
    code = made_up_program("python3", kind="inline", fingerprint="code")
    other = made_up_program("python3", kind="inline", fingerprint="other")
    assert standing([loan("deny", code)], code, None, ALL).denied
    assert not standing([loan("deny", code)], other, None, ALL).denied
    assert standing([loan("deny", python)], other, None, ALL).denied
