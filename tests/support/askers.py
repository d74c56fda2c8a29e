"""Programs that ask, real and made up."""

from __future__ import annotations

import functools
from typing import Any

import psutil

from desktop_app.peers.own import OwnCommand
from desktop_app.peers.programs import Programs
from desktop_app.services.lending.askers import Asker, AskingProgram, Process


@functools.cache
def this_program() -> AskingProgram:
    """Return the program that runs the tests, as the operating system shows it."""
    return Programs(OwnCommand()).asker(psutil.Process()).program


def made_up_program(name: str = "git", **values: Any) -> AskingProgram:
    """Return a program that is nowhere on this disk."""
    given = {"name": name, "path": f"/opt/bin/{name}", "fingerprint": f"sha256-of-{name}"}
    return AskingProgram(**(given | values))


def made_up_asker(name: str = "git", **values: Any) -> Asker:
    """Return a running program that is nowhere on this machine."""
    parents = (Process(pid=11, name="bash", path="/bin/bash"),)
    return Asker(program=made_up_program(name, **values), pid=10, parents=parents)
