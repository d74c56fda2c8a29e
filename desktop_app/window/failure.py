"""Tells a person who double-clicked that Coatcheck could not start.

There is no terminal to read then, and no window of ours either, so the message goes through
whatever dialog the desktop has.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable

from desktop_app.window.environment import for_other_programs

_log = logging.getLogger(__name__)
_TITLE = "Coatcheck could not start"
# The person reads it in their own time, but nothing may wait for ever.
_SECONDS = 600.0


def show_failure(message: str) -> bool:
    """Show *message* until the person closes it; False if the desktop has no dialog for it."""
    if sys.platform == "win32":
        return _message_box(message)
    return any(_run(command(message)) for command in _dialogs())


def _dialogs() -> list[Callable[[str], list[str]]]:
    """How each desktop's own program is asked; the message is one argument, never a script."""
    if sys.platform == "darwin":
        return [_osascript]
    return [_zenity, _kdialog, _xmessage, _notification]


def _osascript(message: str) -> list[str]:
    script = f'on run text\ndisplay alert "{_TITLE}" message (item 1 of text)\nend run'
    return ["/usr/bin/osascript", "-e", script, message]


def _zenity(message: str) -> list[str]:
    return ["zenity", "--error", "--no-markup", f"--title={_TITLE}", f"--text={message}"]


def _kdialog(message: str) -> list[str]:
    return ["kdialog", "--title", _TITLE, "--error", message]


def _xmessage(message: str) -> list[str]:
    return ["xmessage", "-center", f"{_TITLE}\n\n{message}"]


def _notification(message: str) -> list[str]:
    return ["notify-send", "--urgency=critical", _TITLE, message]


def _run(command: list[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    try:
        done = subprocess.run(
            command, env=for_other_programs(), timeout=_SECONDS, check=False, capture_output=True
        )
    except (OSError, subprocess.TimeoutExpired):
        _log.warning("%s could not show the message", command[0])
        return False
    # Closing the dialog by its corner is 1 in zenity and xmessage: it was seen all the same.
    return done.returncode in {0, 1}


def _message_box(message: str) -> bool:
    import ctypes

    windows = getattr(ctypes, "windll")  # noqa: B009 - only there on Windows
    return bool(windows.user32.MessageBoxW(None, message, _TITLE, 0x10))
