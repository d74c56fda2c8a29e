"""The real program in its real window, as a person starts it, with a browser that tells."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright

from tests.support.cdp import window_page_of
from tests.support.ports import free_port
from tests.support.screen import window_environment
from tests.support.toasts import keep_toasts
from tests.support.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[2]
PREFERENCES = {"theme": "system", "language": "en", "window": {"width": 1080, "height": 720}}


class Desktop:
    """The program of one data folder; `start` and `stop` as often as needed.

    Args:
        folder: Empty at first; holds the data folder, the key file and what the browser is told.
        options: What follows ``main.py`` on the command line, beside the data folder.
        main: What runs in place of ``main.py``.
    """

    def __init__(
        self,
        playwright: Playwright,
        display: str,
        folder: Path,
        *,
        options: tuple[str, ...] | None = None,
        main: tuple[str, ...] = ("main.py",),
        **variables: str,
    ) -> None:
        self._playwright = playwright
        self._display = display
        self._folder = folder
        self._options = ("--key-file", str(folder / "key")) if options is None else options
        self._main = main
        self._variables = variables
        self._told = folder / "browser-told"
        self.data = folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self.prefer(**PREFERENCES)

    def prefer(self, **preferences: Any) -> None:
        """Write what the person prefers, before a start."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        (self.data / "preferences.json").write_text(json.dumps(preferences))

    def start(self) -> Page:
        """Double-click, and return what the window shows once it shows something."""
        port = free_port()
        self.process = self.begin(QTWEBENGINE_REMOTE_DEBUGGING=str(port))
        page = window_page_of(self._playwright, port)
        page.set_default_timeout(1000 * PATIENCE)
        page.wait_for_selector("h1")
        keep_toasts(page)
        return page

    def begin(self, **variables: str) -> subprocess.Popen[bytes]:
        """Start the program and wait for nothing."""
        environment = window_environment(
            self._display,
            BROWSER=str(self._browser()),
            PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
            # Without a message bus of its own Qt complains once for each picture of the page.
            DBUS_SESSION_BUS_ADDRESS="disabled:",
            # Frame by frame, OpenGL in software costs many times as much; tests/window has that.
            QT_QUICK_BACKEND="software",
            **self._variables,
            **variables,
        )
        command = [sys.executable, *self._main, "--data-dir", str(self.data), *self._options]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)

    def opened(self) -> str:
        """Wait for the address that the person's browser was last asked to open."""
        wait_until(lambda: self._told.exists() and self._told.read_text().endswith("\n"))
        address = self._told.read_text().split()[-1]
        self._told.unlink()
        return address

    @property
    def origin(self) -> str:
        """The program's own address."""
        address: str = json.loads((self.data / "runtime.json").read_text("utf-8"))["url"]
        return address

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        """See to it that nothing is left, however the test ended."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _browser(self) -> Path:
        script = self._folder / "browser"
        script.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{self._told}'\n")
        script.chmod(0o755)
        return script
