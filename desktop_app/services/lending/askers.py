"""Which program asks, as the operating system shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProgramKind = Literal["executable", "script", "inline"]


def readable(text: str) -> str:
    """Return *text* as it can be shown and kept.

    A file's name may hold anything: bytes that are no text, line breaks, signs that turn the
    direction of reading around so that it looks like another name.
    """
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process among the asker's parents."""

    pid: int
    name: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingProgram:
    """A program, told by where it lies and what is in it.

    Attributes:
        name: For the person, such as ``git`` or ``backup.py``.
        path: Of the executable, or of the script that an interpreter runs.
        kind: ``executable``; ``script``: a file that an interpreter runs; ``inline``: an
            interpreter with code from its command line or its input.
        fingerprint: SHA-256 of the file at *path*; of ``inline``, also of its command line.
        interpreter: What runs the script; None for an executable.
    """

    name: str
    path: str
    kind: ProgramKind = "executable"
    fingerprint: str
    interpreter: str | None = None

    @property
    def may_be_always(self) -> bool:
        """Whether it can be allowed for good: a script is too easily another one tomorrow."""
        return self.kind == "executable"

    def is_same_place(self, other: AskingProgram) -> bool:
        """Whether this stands where *other* does, however it was changed since.

        Two pieces of code that one interpreter runs ``inline`` have no place but themselves.
        """
        if self.path != other.path:
            return False
        both_inline = self.kind == other.kind == "inline"
        return not both_inline or self.fingerprint == other.fingerprint

    def is_same(self, other: AskingProgram) -> bool:
        """Whether this is *other*, unchanged."""
        return self.is_same_place(other) and self.fingerprint == other.fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A running program that asks.

    Attributes:
        pid: Of the program's process, not of the command that asks for it.
        parents: The nearest first.
    """

    program: AskingProgram
    pid: int
    parents: tuple[Process, ...] = ()
