"""What the window takes from the environment, and what a program that we start gets of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping

DEBUGGING_ALLOWED = "COATCHECK_ALLOW_WINDOW_DEBUGGING"
"""Set to ``1`` by the window's own tests: lets them drive it over its debugging port."""

_DEBUGGING_FLAG = "--remote-debugging"
_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_NO_SANDBOX = "QTWEBENGINE_DISABLE_SANDBOX"
# A frozen program's libraries and plugins break the programs that inherit these.
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")
_OURS = ("QT_", "QML", "QTWEBENGINE", "_PYI_", "_MEIPASS", "PYWEBVIEW", "COATCHECK_")


def prepare_for_window(environment: MutableMapping[str, str] | None = None) -> None:
    """Set what Qt WebEngine needs and remove what would open the window to other programs.

    Its debugging port gives every local program, and every page, control of the window.
    """
    variables = os.environ if environment is None else environment
    if variables.get(DEBUGGING_ALLOWED) != "1":
        variables.pop("QTWEBENGINE_REMOTE_DEBUGGING", None)
        _remove_debugging_flags(variables)
    variables.pop(_NO_SANDBOX, None)
    if _is_root():
        # Chromium's sandbox can't be set up by root: without this the process aborts.
        variables[_NO_SANDBOX] = "1"


def for_other_programs(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return *environment* as it was before this program's launcher changed it."""
    variables = dict(os.environ if environment is None else environment)
    for name in _LIBRARY_PATHS:
        original = variables.pop(f"{name}_ORIG", None)
        if original:
            variables[name] = original
        elif getattr(sys, "frozen", False):
            variables.pop(name, None)
    return {name: value for name, value in variables.items() if not name.startswith(_OURS)}


def _remove_debugging_flags(variables: MutableMapping[str, str]) -> None:
    flags = variables.get(_FLAGS, "").split()
    kept = [flag for flag in flags if not flag.startswith(_DEBUGGING_FLAG)]
    if kept != flags:
        variables[_FLAGS] = " ".join(kept)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
