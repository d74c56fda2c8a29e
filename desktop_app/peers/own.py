"""Our own command among the processes: it asks for whoever started it."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop_app.peers.interpreters import interpreter_of, ran_by
from desktop_app.peers.processes import Running
from desktop_app.peers.scripts import script_path


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCommand:
    """What Coatcheck's command is on this machine.

    Attributes:
        executables: The packaged program's path; empty from a checkout.
        scripts: The files that an interpreter runs, links resolved.
        programs: First arguments that make it another program, with which it lends.
    """

    executables: frozenset[str] = frozenset()
    scripts: frozenset[str] = frozenset()
    programs: frozenset[str] = field(default_factory=frozenset)

    def is_run_by(self, running: Running) -> bool:
        """Tell whether *running* is our command."""
        if running.path in self.executables:
            return not set(running.arguments[1:2]) & self.programs
        interpreter = interpreter_of(running)
        if interpreter is None:
            return False
        script = script_path(running, ran_by(running, interpreter))
        return script is not None and str(script) in self.scripts
