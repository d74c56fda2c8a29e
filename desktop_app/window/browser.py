"""Opens addresses in the person's own browser, and nothing but addresses."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from desktop_app.errors import AppError
from desktop_app.window.display import has_screen
from desktop_app.window.environment import for_other_programs

_LAUNCHERS = ("xdg-open", "gio open", "x-www-browser", "firefox", "chromium", "google-chrome")
_LONGEST_URL = 16_384
# A launcher that fails does so at once; one that is still there shows a browser.
_SECONDS_TO_FAIL = 4.0
# ``xdg-open`` and its like are shell scripts; these characters never need to stand bare.
_ENCODED = {ord(bad): f"%{ord(bad):02X}" for bad in "\"'`<>|{}^$();\\"}


class BrowserAddressError(AppError):
    """An address that no browser may be given: not http(s), or not an address."""

    code = "bad_address"
    public_message = "That address can't be opened: it is not a plain http or https address."


class SystemBrowser:
    """The person's browser, implementing ``services.ports.Browser``.

    Args:
        environment: Where ``BROWSER``, ``DISPLAY`` and the rest are looked up.
        allowed: False (``--no-browser``) makes every `open` answer False.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, *, allowed: bool = True
    ) -> None:
        self._environment = dict(os.environ if environment is None else environment)
        self._allowed = allowed

    async def open(self, url: str) -> bool:
        """Open *url*; False if there is no browser, none could be started, or none may be.

        Raises:
            BrowserAddressError: *url* is not a plain http or https address.
        """
        address = browser_address(url)
        if not self._allowed:
            return False
        return await asyncio.to_thread(self._open, address)

    async def open_file(self, page: Path) -> bool:
        """Open a file that we wrote ourselves, by its absolute path (``redirect_file.py``)."""
        if not self._allowed:
            return False
        return await asyncio.to_thread(self._open, page.as_uri())

    @property
    def is_there(self) -> bool:
        """Whether any browser could be tried."""
        return self._allowed and (sys.platform in {"win32", "darwin"} or bool(self._commands()))

    def _open(self, address: str) -> bool:
        if sys.platform == "win32":
            os.startfile(address)  # noqa: S606 - http(s) or our own file, checked above
            return True
        if sys.platform == "darwin":
            return self._run(["/usr/bin/open", address])
        return any(self._run([*command, address]) for command in self._commands())

    def _commands(self) -> list[list[str]]:
        """The launchers to try, in order; ``BROWSER`` is the person's own wish."""
        named = [part for part in self._environment.get("BROWSER", "").split(":") if part]
        names = [name.replace("%s", "").strip() for name in named]
        if has_screen(self._environment):
            names += _LAUNCHERS
        path = self._environment.get("PATH")
        split = (shlex.split(name) for name in names)
        return [command for command in split if command and shutil.which(command[0], path=path)]

    def _run(self, command: list[str]) -> bool:
        try:
            launcher = self._start(command)
            return launcher.wait(_SECONDS_TO_FAIL) == 0
        except subprocess.TimeoutExpired:
            _reap_later(launcher.wait)
            return True
        except OSError:
            return False

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=for_other_programs(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def browser_address(url: str) -> str:
    """Return *url* as it may be handed to a browser's launcher.

    Raises:
        BrowserAddressError: It is not http(s), has no host, or holds anything but visible ASCII.
    """
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise BrowserAddressError
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BrowserAddressError from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise BrowserAddressError
    if "@" in parts.netloc or "\\" in url:
        raise BrowserAddressError
    return url.translate(_ENCODED)


def _reap_later(wait: Callable[[], int]) -> None:
    """Collect a browser's exit status some day, so that it leaves no zombie."""
    import threading

    threading.Thread(target=wait, name="browser", daemon=True).start()
