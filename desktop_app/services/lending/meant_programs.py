"""Which program the person means: by its path, by the id of a loan, or by a known name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from desktop_app.services.lending.approvals import Approvals
from desktop_app.services.lending.askers import AskingProgram
from desktop_app.services.lending.lending_errors import AmbiguousProgramError, ProgramFileError
from desktop_app.services.lending.loan_book import LoanBook
from desktop_app.services.lending.loans import Decision
from desktop_app.services.ports import Peers


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRule:
    """What the person wants a program to be allowed.

    Attributes:
        program: A path, the id of a loan, or the name of a program that is known.
        found_at: What the person's shell would run by that name.
        decision: None: for always, or for an hour where always can't be.
        scopes: None: all that were granted.
    """

    program: str
    profile_id: str
    found_at: str | None = None
    decision: Decision | None = None
    scopes: tuple[str, ...] | None = None


class MeantPrograms:
    """Finds the program of a rule; never picks one of several."""

    def __init__(self, *, book: LoanBook, approvals: Approvals, peers: Peers) -> None:
        self._book = book
        self._approvals = approvals
        self._peers = peers

    async def find(self, rule: ProgramRule) -> AskingProgram:
        """Return the program that *rule* is for.

        Raises:
            AmbiguousProgramError: The name fits several programs.
            ProgramFileError: There is no such program.
            InvalidRequestError: It runs other people's scripts, which can only be denied.
            LockedError: The vault is locked.
        """
        known = self._known(rule)
        if known is not None and known.kind == "inline":
            return known
        path = known.path if known is not None else rule.found_at or rule.program
        if not PurePath(path).is_absolute():
            raise ProgramFileError(rule.program)
        return await self._peers.program_at(path, interpreters=rule.decision == "deny")

    def _known(self, rule: ProgramRule) -> AskingProgram | None:
        """Return the program that is meant among those that borrowed, or ask now."""
        name = rule.program
        loans = self._book.current()
        by_id = next((loan.program for loan in loans if loan.id == name), None)
        if by_id is not None or PurePath(name).is_absolute():
            return by_id
        found = self._called(name)
        places = sorted({*found, *filter(None, [rule.found_at])})
        if found and len(places) > 1:
            raise AmbiguousProgramError(name, places)
        return next(iter(found.values()), None)

    def _called(self, name: str) -> Mapping[str, AskingProgram]:
        known = [loan.program for loan in self._book.current()]
        known += [question.asker.program for question in self._approvals.list()]
        return {each.path: each for each in known if each.name == name}
