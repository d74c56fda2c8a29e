"""What our own command is on this machine, so that it is told from the programs that use it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from desktop_app.demo.printing import INTERNAL_COMMAND
from desktop_app.itself import OWN_NAME, own_scripts
from desktop_app.peers.own import OwnCommand


def own_command_here() -> OwnCommand:
    """Return it as it was started: from a checkout, packaged, or installed on the path."""
    programs = frozenset({INTERNAL_COMMAND})
    if getattr(sys, "frozen", False):
        executable = os.path.realpath(sys.executable)
        return OwnCommand(executables=frozenset({executable}), programs=programs)
    return OwnCommand(scripts=frozenset(_scripts()), programs=programs)


def _scripts() -> set[str]:
    installed = shutil.which(OWN_NAME)
    found = [*own_scripts(), *([Path(installed)] if installed else [])]
    return {os.path.realpath(path) for path in found}


def own_uid() -> int | None:
    """Return the number of the user who runs this; None where users have none."""
    return os.geteuid() if hasattr(os, "geteuid") else None
