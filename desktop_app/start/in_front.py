"""What a double-click starts: the window on the main thread, the server beside it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable

from desktop_app.config import Config
from desktop_app.itself import own_command
from desktop_app.program import Program
from desktop_app.start.launch import launch
from desktop_app.start.summons import RaisedWindow
from desktop_app.window.browser import SystemBrowser
from desktop_app.window.display import Probe
from desktop_app.window.geometry import read_geometry
from desktop_app.window.instance import Instance
from desktop_app.window.redirect_file import remove_redirect_files, ticket_page
from desktop_app.window.server import ServerThread
from desktop_app.window.shell import Shell

# A keyring answers at once, or asks the person something; a window need not wait for that.
_PATIENCE = 1.0
_GEOMETRY = "window"


def run_in_front(config: Config) -> int:
    """Show the window, or raise that of the running program; ends when it is closed.

    Raises:
        NotAnsweringError: The running program does not answer.
        WindowlessError: It runs where no window can open.
        AppError: It could not start; the error says why.
    """
    instance = Instance(config.folder)
    if not instance.claim():
        instance.raise_other()
        return 0
    # Asked beside the start of the server, because it takes as long.
    probe = Probe(own_command("probe-display"))
    try:
        return _Front(config).run(probe)
    finally:
        probe.end()
        instance.release()


class _Front:
    """The server's thread and the window, and what each needs of the other."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._browser = SystemBrowser(allowed=config.use_browser)
        self._shell: Shell | None = None
        self._page_url: Callable[[str], str] | None = None
        self._server = ServerThread(self._launch, on_crash=lambda _: self._close())

    def run(self, probe: Probe) -> int:
        """Start the server, then the window; where none can open, the browser."""
        program = self._server.start()
        try:
            if probe.window_can_open():
                self._show(program)
            else:
                self._show_in_browser(program)
        finally:
            self._server.stop()
        return 0

    async def _launch(self) -> Program:
        passphrase = sys.stdin.readline().rstrip("\r\n") if self._config.passphrase_stdin else None
        return await launch(
            self._config,
            browser=self._browser,
            raise_window=self._raise,
            summons=RaisedWindow(self._raise),
            passphrase=passphrase,
            patience=_PATIENCE,
            person_is_there=True,
        )

    def _show(self, program: Program) -> None:
        self._shell = Shell(
            program.window_url(),
            geometry=read_geometry(program.preferences.get().get(_GEOMETRY)),
            open_external=self._open_external,
            on_geometry=lambda place: program.preferences.save_now(
                {_GEOMETRY: place.to_document()}
            ),
            fresh_url=program.window_url,
        )
        self._shell.run()

    def _show_in_browser(self, program: Program) -> None:
        """Let the person's browser stand in for the window, until Ctrl+C."""
        self._page_url = program.window_url
        url = program.window_url()
        print("No window can open here, so Coatcheck opens in your browser.", file=sys.stderr)
        if not self._server.call(self._open_page(url)):
            print(f"Open this address yourself: {url}", file=sys.stderr)
        try:
            with contextlib.suppress(KeyboardInterrupt):
                self._server.wait()
        finally:
            remove_redirect_files(self._config.folder.root)

    async def _open_page(self, url: str) -> bool:
        return await self._browser.open_file(ticket_page(self._config.folder.root, url))

    async def _raise(self, path: str = "/") -> bool:
        """Show the window again, or *path* in the browser that stands in for it.

        A window that is still on its way comes by itself.
        """
        if self._page_url is not None:
            return await self._open_page(self._page_url(path))
        if self._shell is not None:
            self._shell.raise_window()
        return True

    def _close(self) -> None:
        if self._shell is not None:
            self._shell.close()

    def _open_external(self, url: str) -> None:
        self._server.post(lambda: asyncio.ensure_future(self._browser.open(url)))
