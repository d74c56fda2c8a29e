"""Why a program gets nothing, in words for whoever started it."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.errors import AppError, ForbiddenError, InvalidRequestError


class ForeignUserError(ForbiddenError):
    """The caller is another user of this machine."""

    public_message = "Coatcheck answers the person who started it, and no other user."


class ProgramUnknownError(AppError):
    """The operating system does not say which program asks, or it has ended meanwhile."""

    code = "program_unknown"
    public_message = (
        "The system does not say which program this is, or it has ended. Start it again."
    )


class DeniedError(AppError):
    """The person said no, now or before."""

    code = "denied"
    public_message = (
        "You have not allowed {program} to use this account. Change that in Coatcheck under "
        "Programs, or with “coatcheck allow”."
    )


class WiderThanAllowedError(AppError):
    """The provider stopped giving tokens for less, which the person was promised."""

    code = "wider_than_allowed"
    public_message = (
        "The provider gives no access that is as narrow as you allowed. Try again, and Coatcheck "
        "asks you once more."
    )


class ApprovalTimeoutError(AppError):
    """Nobody answered in time."""

    code = "approval_timeout"
    public_message = (
        "Nobody answered in time. Open Coatcheck, or use “coatcheck allow”, and try again."
    )


class AlreadyDecidedError(AppError):
    """A second answer to one question; the first one counts."""

    code = "already_decided"
    public_message = "This question was already answered. Change the answer under Programs."


class TooManyQuestionsError(AppError):
    """More questions wait than a person could answer."""

    code = "too_many_questions"
    public_message = "Too many questions wait for an answer already. Answer those first."


class AmbiguousProgramError(AppError):
    """A name fits several programs; ``candidates`` lists their paths."""

    code = "ambiguous_program"
    public_message = "“{name}” fits several programs: {choices}. Give the path of one of them."

    def __init__(self, name: str, paths: Sequence[str]) -> None:
        super().__init__(name=name, choices=", ".join(paths), candidates=list(paths))


class NotForAlwaysError(InvalidRequestError):
    """A script, or code without a file, can't be allowed for good."""

    public_message = (
        "{program} is a script: allow it once or for an hour. What it does can change at any time."
    )

    def __init__(self, program: str) -> None:
        super().__init__("a script can't be allowed for always", field="decision", program=program)


class ProgramFileError(InvalidRequestError):
    """A path that names no program."""

    public_message = "There is no program at {path}. Give the path of a file that can be run."

    def __init__(self, path: str) -> None:
        super().__init__("there is no program", field="program", path=path)


class InterpreterError(InvalidRequestError):
    """A path that names an interpreter: everything that it runs would be meant."""

    public_message = "{path} runs other people's scripts. Name the script that you mean instead."

    def __init__(self, path: str) -> None:
        super().__init__("that is an interpreter", field="program", path=path)
