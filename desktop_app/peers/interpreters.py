"""The programs that run other people's scripts."""

from __future__ import annotations

import re
from typing import Final

from desktop_app.peers.command_line import Interpreter, Ran
from desktop_app.peers.processes import Running

_JAVA_VALUES = {
    "-cp",
    "-classpath",
    "--class-path",
    "-p",
    "--module-path",
    "--add-modules",
    "--add-opens",
    "--add-exports",
}


def _names(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})w?(?:-?\d+(?:\.\d+)*[a-z]?)?")


_SHELL: Final = Interpreter(
    names=_names(
        "sh|bash|dash|ash|zsh|ksh|ksh93|mksh|lksh|oksh|yash|fish|csh|tcsh|nu|elvish|osh|ysh"
        "|busybox|toybox"
    ),
    code="c",
    values="oO",
    long_code=frozenset({"--command"}),
    long_values=frozenset({"--rcfile", "--init-file", "--init-command", "--features"}),
    is_shell=True,
)
_WINDOWS_SHELLS: Final = (
    Interpreter(
        names=_names("pwsh|powershell"),
        long_code=frozenset({"-c", "-command", "-encodedcommand", "-e", "-ec"}),
        long_file=frozenset({"-f", "-file"}),
        long_values=frozenset({"-executionpolicy", "-ep", "-ex", "-version", "-windowstyle"}),
        is_shell=True,
    ),
    Interpreter(names=_names("cmd"), is_shell=True),
)
_INTERPRETERS: Final = (
    _SHELL,
    *_WINDOWS_SHELLS,
    Interpreter(
        names=_names("python|pypy|graalpy"),
        code="c",
        module="m",
        values="WX",
        long_values=frozenset({"--check-hash-based-pycs"}),
    ),
    Interpreter(names=_names("perl"), code="eE", values="I", rest="xiCFMmVD"),
    Interpreter(names=_names("ruby|jruby|truffleruby"), code="e", values="rICE", rest="xiKF"),
    Interpreter(
        names=_names("node|nodejs|bun|deno|tsx|ts-node|qjs"),
        code="ep",
        values="rC",
        long_code=frozenset({"--eval", "--print"}),
        long_values=frozenset({"--require", "--import", "--loader", "--experimental-loader"}),
        commands=frozenset({"run"}),
    ),
    Interpreter(names=_names("php"), code="r", file="f", values="cdz"),
    Interpreter(names=_names("lua|luajit|texlua"), code="e", values="l"),
    Interpreter(
        names=_names("java|javaw"),
        long_file=frozenset({"-jar"}),
        long_values=frozenset(_JAVA_VALUES),
        rest="XDa",
    ),
    Interpreter(names=_names("rscript|julia|osascript|elixir|guile|groovy"), code="e", values="l"),
    Interpreter(names=_names("tclsh|wish|expect"), code="c"),
    # What stands in a Makefile runs as its children, which are shells and nobody's program.
    Interpreter(
        names=_names("make|gmake|just"),
        file="f",
        values="CIjlOoW",
        long_values=frozenset({"--directory", "--include-dir", "--working-directory"}),
        long_file=frozenset({"--file", "--makefile", "--justfile"}),
        takes_file=False,
    ),
    Interpreter(names=_names("gawk|mawk|awk|nawk"), file="f", values="vF"),
    # The loader runs any program that it is given.
    Interpreter(names=re.compile(r"(ld-linux|ld-musl|ld)[-.\w]*\.so[.\d]*|ld-[.\d]+\.so")),
)
_BOXES: Final = frozenset({"busybox", "toybox"})


def interpreter_of(running: Running) -> Interpreter | None:
    """Return the family that *running* belongs to, or None for any other program."""
    name = running.base_name
    if name in _BOXES and not _box_is_shell(running):
        return None
    return interpreter_called(name)


def interpreter_called(name: str) -> Interpreter | None:
    """Return the family of an executable by its name in lower case, or None."""
    return next((each for each in _INTERPRETERS if each.names.fullmatch(name)), None)


def ran_by(running: Running, interpreter: Interpreter) -> Ran:
    """Return what *running* was told to run."""
    arguments = running.arguments[1:]
    if running.base_name in _BOXES and running.arguments[:1]:
        called = running.arguments[0].rpartition("/")[2]
        arguments = running.arguments[2:] if called in _BOXES else arguments
    return interpreter.ran(arguments)


def _box_is_shell(running: Running) -> bool:
    """One executable for many commands: its first words say which it is."""
    called = [each.rpartition("/")[2].removeprefix("-") for each in running.arguments[:2]]
    return any(_SHELL.names.fullmatch(each) and each not in _BOXES for each in called[:2])
