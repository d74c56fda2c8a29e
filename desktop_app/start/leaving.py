"""The process's last step."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

_ASKING = ("SIGINT", "SIGTERM", "SIGHUP")
_WEB_ENGINE = "PySide6.QtWebEngineCore"


def leave(status: int) -> NoReturn:
    """End the process with *status*, its output written.

    Where the window's web engine ran, the interpreter does not take itself apart: it would
    destroy the engine's objects in any order, beside threads of the engine that still use them,
    and now and then a program that had ended well died of that. By now all that has to be kept
    is on disk, and the system takes the rest.
    """
    # Whoever asked for the end once may ask again; a process on its way out has heard.
    for name in _ASKING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if _WEB_ENGINE not in sys.modules:
        sys.exit(status)
    # Only now: a command that shows no window need not know of logs.
    import logging

    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
