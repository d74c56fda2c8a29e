"""The values of lending: what a program wishes, what the person is asked, what is lent."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, Literal

from desktop_app.services.lending.askers import Asker, AskingProgram

Decision = Literal["once", "hour", "always", "deny"]
Purpose = Literal["token", "oauth1_signature", "dpop_proof", "account_choice"]

_CLOCK_SLACK: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an asker would like to have.

    Attributes:
        scopes: Empty asks for whatever the person allows.
        wait_seconds: How long to wait for the person; 0 asks nobody.
        target: The origin that a signature is for, for the log.
        is_retry: A server wanted the request once more, with a nonce of its own (RFC 9449
            section 9).
        says: What the program itself says that it is for; shown only as such.
    """

    profile_id: str
    purpose: Purpose = "token"
    scopes: tuple[str, ...] = ()
    wait_seconds: float = 60
    target: str = ""
    is_retry: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """What a program may borrow, or may not, until when.

    Attributes:
        decision: ``deny`` keeps the program away from the account.
        asked: The scopes that the question was about; None: everything that was granted.
        scopes: Those of them that the person allowed.
        exact: The person was told that it gets no more; a token for more is not given for this.
        until: Seconds since the epoch; None has no end.
    """

    id: str
    program: AskingProgram
    profile_id: str
    decision: Decision
    asked: tuple[str, ...] | None = None
    scopes: tuple[str, ...] = ()
    exact: bool = False
    until: float | None = None
    created_at: float

    def is_over(self, now: float) -> bool:
        """Whether its time has passed; setting the clock back does not make it longer."""
        if self.until is None:
            return False
        return not self.created_at - _CLOCK_SLACK <= now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that the person has not answered yet.

    Attributes:
        asked: The scopes that were asked for; None: everything that was granted.
        scopes: The same in full; the person can take some of them away.
        wider: The token would allow more than *scopes*, or nobody has seen that it doesn't.
        narrows: A token with fewer scopes is known to be had, if the person takes some away.
        replaced: The person allowed what stood at this path before; it was changed since.
        first: What the person's settings want offered first, or None.
        candidates: The accounts of which the person picks one; ``profile_id`` is the first.
        subject: What the pick is for, such as a repository.
    """

    id: str
    asker: Asker
    profile_id: str
    purpose: Purpose
    asked: tuple[str, ...] | None
    scopes: tuple[str, ...]
    says: str = ""
    wider: bool = False
    narrows: bool = False
    replaced: bool = False
    first: Literal["once", "hour"] | None = None
    candidates: tuple[str, ...] = ()
    subject: str = ""
    created_at: float

    @property
    def key(self) -> Hashable:
        """Equal for questions that one answer settles."""
        program = self.asker.program
        about = self.profile_id, self.asked, self.candidates, self.subject
        return program.path, program.fingerprint, *about


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that a command is in the person's own hand: the one or the other.

    Attributes:
        key_file: What is written in the key file.
    """

    passphrase: str | None = field(default=None, repr=False)
    key_file: str | None = field(default=None, repr=False)
