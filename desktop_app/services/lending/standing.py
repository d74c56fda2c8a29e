"""Which earlier answer of the person holds for a wish now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop_app.services.lending.askers import AskingProgram
from desktop_app.services.lending.loans import Loan


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What earlier answers say.

    Attributes:
        loan: The one that allows it; None: nothing does.
        scopes: Those that it allows of what is asked for.
        denied: The person said no.
        replaced: They allowed what stood at the program's path before.
    """

    loan: Loan | None = None
    scopes: tuple[str, ...] = ()
    denied: bool = False
    replaced: bool = False


def standing(
    loans: Iterable[Loan],
    program: AskingProgram,
    asked: Sequence[str] | None,
    granted: Sequence[str],
) -> Standing:
    """Return what *loans*, those of one account that hold now, say to *program*.

    A loan that covers the wish comes before a denial: the person may have said no to more.

    Args:
        loans: Not those whose time has passed.
        program: Who asks.
        asked: The scopes that it asks for; None: whatever is allowed.
        granted: The scopes that the account has.
    """
    here = [loan for loan in loans if loan.program.is_same_place(program)]
    allowing = [loan for loan in here if loan.decision != "deny"]
    # What holds longer first: a single token is not used up while an hour runs.
    for loan in sorted(allowing, key=lambda loan: loan.decision == "once"):
        scopes = _covered(loan, asked, granted) if loan.program.is_same(program) else None
        if scopes is not None:
            return Standing(loan=loan, scopes=scopes)
    return Standing(
        denied=len(here) > len(allowing),
        replaced=any(not loan.program.is_same(program) for loan in allowing),
    )


def _covered(
    loan: Loan, asked: Sequence[str] | None, granted: Sequence[str]
) -> tuple[str, ...] | None:
    """Return what *loan* allows of *asked*; None if it does not answer that."""
    allowed = tuple(scope for scope in loan.scopes if scope in granted)
    if asked is None:
        # Where there was nothing to choose from, what came since was not spoken of.
        return allowed if allowed or not (loan.scopes or granted) else None
    if loan.asked is not None and not set(asked) <= set(loan.asked):
        return None
    return tuple(scope for scope in asked if scope in allowed) or None
