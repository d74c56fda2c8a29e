"""Taking everything back: how far it is, and the proof for each account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from desktop_app.errors import AppError
from desktop_app.services.tokens.revocation_rounds import Step, StepStatus
from desktop_app.v1_0.schemas.base import Answer, Request
from desktop_app.v1_0.schemas.profiles import RevocationBody, revocation_body


class RevokeAll(Request):
    """Must say true: every account is taken back at its provider."""

    confirm: Literal[True]


class StepBody(Answer):
    """How far it is with one account; ``error`` and ``message`` are there if it failed."""

    profile_id: str
    provider: str
    status: StepStatus
    revocation: RevocationBody | None
    error: str | None
    message: str | None


class RoundBody(Answer):
    """The round under way, or the last one."""

    revocations: list[StepBody]
    total: int
    running: bool


def round_body(
    steps: Sequence[Step],
    *,
    running: bool,
    translate: Callable[[str], str],
    explain: Callable[[AppError], str],
) -> RoundBody:
    """Return a round for the outside, in the words that *translate* and *explain* give."""
    bodies = [_step(step, translate, explain) for step in steps]
    return RoundBody(revocations=bodies, total=len(bodies), running=running)


def _step(
    step: Step, translate: Callable[[str], str], explain: Callable[[AppError], str]
) -> StepBody:
    done = step.revocation
    return StepBody(
        profile_id=step.profile_id,
        provider=step.provider,
        status=step.status,
        revocation=None if done is None else revocation_body(done, translate),
        error=None if step.failure is None else step.failure.code,
        message=None if step.failure is None else explain(step.failure),
    )
