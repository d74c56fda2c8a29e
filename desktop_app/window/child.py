"""A window of a program that was started without one, in a process of its own.

Commands start Coatcheck without a window. When the person double-clicks it then, that
program shows this window. The address, which holds a ticket, goes through a pipe.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
from collections.abc import Sequence
from typing import IO

from desktop_app.window.browser import SystemBrowser
from desktop_app.window.display import has_screen
from desktop_app.window.geometry import Geometry
from desktop_app.window.shell import Shell

_RAISE = "raise"


class WindowChild:
    """At most one window, shown by a child process.

    Args:
        command: Starts a process that calls `run_as_child`.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._process: subprocess.Popen[str] | None = None

    def show(self, url: str) -> bool:
        """Show the window on *url*, or raise the one that is there; False without a screen."""
        if self._tell(_RAISE):
            return True
        if not has_screen():
            return False
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, text=True)
        return self._tell(json.dumps({"url": url}))

    def close(self) -> None:
        """Close the window, if there is one."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            # The end of its input is what ends it.
            process.stdin.close()
            process.terminate()
            process.wait()

    def _tell(self, line: str) -> bool:
        process = self._process
        if process is None or process.stdin is None or process.poll() is not None:
            return False
        try:
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
        except OSError:
            return False
        return True


def run_as_child(given: IO[str]) -> int:
    """Show the window whose address is the first line of *given*; ends with it or with *given*."""
    url = json.loads(given.readline())["url"]
    shell = Shell(
        url, geometry=Geometry(), open_external=_open_external, on_geometry=lambda _: None
    )
    threading.Thread(target=_listen, args=(given, shell), daemon=True).start()
    shell.run()
    return 0


def _open_external(url: str) -> None:
    asyncio.run(SystemBrowser().open(url))


def _listen(given: IO[str], shell: Shell) -> None:
    for line in given:
        if line.strip() == _RAISE:
            shell.raise_window()
    shell.close()
