"""Reads from an interpreter's command line what it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What an interpreter was told to run.

    Attributes:
        how: ``file``, ``module`` (by its name), ``code`` on the command line, or ``input``.
        what: The file's path as it was given, or the module's name; "" otherwise.
    """

    how: Literal["file", "module", "code", "input"]
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """One family of interpreters, and how it reads its command line.

    Attributes:
        names: Fits the executable's name, in lower case.
        code: One-letter options that bring code; ``module`` and ``file`` likewise.
        values: One-letter options with a value of another kind.
        rest: One-letter options whose value is only ever what follows in the same argument.
        long_code: Options of several letters that bring code; ``long_file`` likewise.
        long_values: Those that take the next argument.
        commands: Words that may stand before the file.
        takes_file: Whether a bare word is the file; with ``make`` it is what shall be made.
        is_shell: Whether people and programs start other programs with it.
    """

    names: re.Pattern[str]
    code: str = ""
    module: str = ""
    file: str = ""
    values: str = ""
    rest: str = ""
    long_code: frozenset[str] = frozenset()
    long_file: frozenset[str] = frozenset()
    long_values: frozenset[str] = frozenset()
    commands: frozenset[str] = frozenset()
    takes_file: bool = True
    is_shell: bool = False

    def ran(self, arguments: Sequence[str]) -> Ran:
        """Return what *arguments*, the program's own name left out, say to run."""
        rest = iter(arguments)
        for argument in rest:
            if argument == "--":
                return _file(next(rest, ""))
            if self._is_option(argument):
                found = self._read_option(argument, rest)
                if found is not None:
                    return found
            elif self.takes_file and argument not in self.commands:
                return _file(argument)
        return Ran(how="input")

    def _is_option(self, argument: str) -> bool:
        signs = ("-", "+") if self.is_shell else ("-",)
        return len(argument) > 1 and argument.startswith(signs)

    def _read_option(self, argument: str, rest: Iterator[str]) -> Ran | None:
        name, _, value = argument.partition("=")
        if name in self.long_code:
            return Ran(how="code")
        if name in self.long_file:
            return _file(value or next(rest, ""))
        if argument in self.long_values:
            next(rest, "")
            return None
        return None if argument.startswith("--") else self._read_letters(argument[1:], rest)

    def _read_letters(self, letters: str, rest: Iterator[str]) -> Ran | None:
        """Read one-letter options that stand together; the first with a value ends them."""
        for place, letter in enumerate(letters, start=1):
            if letter in self.code:
                return Ran(how="code")
            if letter in self.rest:
                return None
            if letter in self.values + self.module + self.file:
                value = letters[place:] or next(rest, "")
                return self._with_value(letter, value)
        return None

    def _with_value(self, letter: str, value: str) -> Ran | None:
        if letter in self.module:
            return Ran(how="module", what=value)
        return _file(value) if letter in self.file else None


def _file(path: str) -> Ran:
    return Ran(how="file", what=path) if path not in {"", "-"} else Ran(how="input")
