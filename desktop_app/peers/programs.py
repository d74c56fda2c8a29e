"""From a chain of processes to the program that the person is asked about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from desktop_app.peers.command_line import Interpreter, Ran
from desktop_app.peers.fingerprints import Fingerprints
from desktop_app.peers.git_paths import GitPaths, is_helper
from desktop_app.peers.interpreters import interpreter_of, ran_by
from desktop_app.peers.own import OwnCommand
from desktop_app.peers.processes import Running, with_parents
from desktop_app.peers.scripts import script_path
from desktop_app.services.lending.askers import Asker, AskingProgram, Process, readable
from desktop_app.services.lending.lending_errors import ProgramUnknownError


class Programs:
    """Tells which program a process is. Every method may block: call it in a thread.

    Args:
        own: Our own command, which asks for whoever started it.
    """

    def __init__(self, own: OwnCommand) -> None:
        self._own = own
        self._git = GitPaths()
        self._fingerprints = Fingerprints()

    def asker(self, process: psutil.Process) -> Asker:
        """Return the program that *process* is or works for.

        Raises:
            ProgramUnknownError: The process has ended, or the system does not tell its file.
        """
        try:
            chain = with_parents(process)
            place = self._place(chain)
            program = self._program(chain[place])
        except (psutil.Error, OSError) as error:
            raise ProgramUnknownError(type(error).__name__) from error
        if not process.is_running():
            raise ProgramUnknownError("it ended")
        parents = tuple(_parent(each) for each in chain[place + 1 :])
        return Asker(program=program, pid=chain[place].pid, parents=parents)

    def at(self, path: Path) -> AskingProgram:
        """Return the program that would run from the file at *path*.

        Raises:
            OSError: It can't be read, or is no regular file.
        """
        fingerprint = self._fingerprints.of_file(path)
        with path.open("rb") as file:
            is_binary = _is_binary(file.read(4))
        return AskingProgram(
            name=readable(path.name),
            path=readable(str(path)),
            kind="executable" if is_binary else "script",
            fingerprint=fingerprint,
        )

    def _place(self, chain: Sequence[Running]) -> int:
        """Return where in *chain* the program stands."""
        if not self._own.is_run_by(chain[0]):
            return 0
        helpers = self._git.folders(chain)
        places = range(1, len(chain))
        for place in places:
            if not self._works_for_another(chain[place], helpers):
                return place
        # Nothing but shells above us: then the one that the person typed into.
        return next((each for each in places if not self._own.is_run_by(chain[each])), 0)

    def _works_for_another(self, running: Running, helpers: frozenset[Path]) -> bool:
        if self._own.is_run_by(running) or is_helper(running.path, helpers):
            return True
        interpreter = interpreter_of(running)
        if interpreter is None:
            return False
        script = script_path(running, ran_by(running, interpreter))
        if script is None:
            return interpreter.is_shell
        return is_helper(script, helpers)

    def _program(self, running: Running) -> AskingProgram:
        if not running.path:
            raise ProgramUnknownError("its file is not told")
        interpreter = interpreter_of(running)
        if interpreter is not None:
            return self._interpreted(running, interpreter)
        if running.path in self._own.executables and running.arguments[1:2]:
            return self._inline(running, name=running.arguments[1])
        return AskingProgram(
            name=readable(Path(running.path).name),
            path=readable(running.path),
            fingerprint=self._fingerprints.of_process(running.pid, running.path),
        )

    def _interpreted(self, running: Running, interpreter: Interpreter) -> AskingProgram:
        ran = ran_by(running, interpreter)
        script = script_path(running, ran)
        if script is not None:
            with suppress(OSError):
                return AskingProgram(
                    name=readable(script.name),
                    path=readable(str(script)),
                    kind="script",
                    fingerprint=self._fingerprints.of_file(script),
                    interpreter=readable(running.path),
                )
        return self._inline(running, name=_inline_name(running, ran))

    def _inline(self, running: Running, *, name: str) -> AskingProgram:
        file = self._fingerprints.of_process(running.pid, running.path)
        told = json.dumps([file, *running.arguments[1:]])
        return AskingProgram(
            name=readable(name),
            path=readable(running.path),
            kind="inline",
            fingerprint=hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest(),
            interpreter=readable(running.path),
        )


def _inline_name(running: Running, ran: Ran) -> str:
    name = Path(running.path).name
    return f"{name} -m {ran.what}" if ran.how == "module" else name


def _parent(running: Running) -> Process:
    return Process(pid=running.pid, name=readable(running.name), path=readable(running.path))


def _is_binary(beginning: bytes) -> bool:
    """Tell ELF, PE and Mach-O from scripts by their first bytes."""
    macho = {b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xca\xfe\xba\xbe"}
    macho |= {each[::-1] for each in macho}
    return beginning == b"\x7fELF" or beginning[:2] == b"MZ" or beginning in macho
