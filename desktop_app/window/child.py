"""A window of a program that was started without one, in a process of its own.

Commands start Coatcheck without a window. When the person double-clicks it then, that
program shows this window. The address, which holds a ticket, goes through a pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from typing import IO

from desktop_app.window.browser import SystemBrowser
from desktop_app.window.display import has_screen
from desktop_app.window.geometry import Geometry
from desktop_app.window.shell import Shell

_RAISE = "raise"
_SHOWN = "shown"
# A cold start of the web view on a slow machine; one that fails ends long before.
_SECONDS_TO_SHOW = 45.0
_SECONDS_TO_CLOSE = 5.0


class WindowChild:
    """At most one window, shown by a child process.

    Args:
        command: Starts a process that calls `run_as_child`.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._process: Process | None = None

    async def show(self, url: str) -> bool:
        """Show the window on *url*, or raise the one that is there.

        False if there is no screen here, or the window did not come.
        """
        if self.raise_window():
            return True
        if not has_screen():
            return False
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE
        )
        self._tell(json.dumps({"url": url}))
        if await self._is_shown(self._process):
            return True
        await self.close()
        return False

    def raise_window(self) -> bool:
        """Bring the window to the front; False if there is none."""
        return self._tell(_RAISE)

    async def close(self) -> None:
        """Close the window, if there is one."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            # The end of its input is what ends it.
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _SECONDS_TO_CLOSE)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _tell(self, line: str) -> bool:
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            return False
        process.stdin.write(f"{line}\n".encode())
        return True

    async def _is_shown(self, process: Process) -> bool:
        if process.stdout is None:
            return False
        with contextlib.suppress(TimeoutError):
            said = await asyncio.wait_for(process.stdout.readline(), _SECONDS_TO_SHOW)
            return said.decode().strip() == _SHOWN
        return False


def run_as_child(given: IO[str]) -> int:
    """Show the window whose address is the first line of *given*; ends with it or with *given*."""
    url = json.loads(given.readline())["url"]
    shell = Shell(
        url, geometry=Geometry(), open_external=_open_external, on_geometry=lambda _: None
    )
    threading.Thread(target=_listen, args=(given, shell), daemon=True).start()
    threading.Thread(target=_report, args=(shell,), daemon=True).start()
    shell.run()
    return 0


def _open_external(url: str) -> None:
    asyncio.run(SystemBrowser().open(url))


def _listen(given: IO[str], shell: Shell) -> None:
    for line in given:
        if line.strip() == _RAISE:
            shell.raise_window()
    shell.close()


def _report(shell: Shell) -> None:
    shell.loaded.wait()
    print(_SHOWN, flush=True)  # noqa: T201 - the pipe to the program that started us
