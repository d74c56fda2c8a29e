"""The running program: its sockets, its ``runtime.json`` and the order of start and end."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from desktop_app import __version__
from desktop_app.errors import AppError
from desktop_app.files import OWNER_ONLY
from desktop_app.paths import DataFolder, folder_error
from desktop_app.runtime import Runtime, remove_runtime, write_runtime
from desktop_app.web.sessions import PRINTED_TICKET_LIFETIME, TICKET_LIFETIME

_log = logging.getLogger(__name__)
_HOST = "127.0.0.1"
# Programs that come all at once wait in the system; beyond this they would be turned away.
_BACKLOG = 1_024


class PortTakenError(AppError):
    """The port that ``--port`` names can't be had."""

    code = "port_in_use"
    public_message = (
        "Port {port} is in use by another program. Choose another one, or leave --port out."
    )


class SocketTakenError(AppError):
    """Something else stands where the Unix socket belongs."""

    code = "socket_taken"
    public_message = "Coatcheck can't answer at {path}. Move away what is there, then start again."


class WindowPreferences(Protocol):
    """What can be kept without unlocking; see ``store/preferences.py``."""

    def get(self) -> Mapping[str, Any]:
        """Return everything kept."""

    def save_now(self, values: Mapping[str, Any]) -> None:
        """Keep *values*; for a thread without a loop."""


@dataclass(slots=True, kw_only=True)
class Program:
    """Everything that runs, on one event loop; ends with `stop`.

    Attributes:
        issue_ticket: Makes a one-use ticket that is good for so many seconds.
        preferences: Where the window's place is kept.
        is_watched: Whether one of the pages is open before the person.
        enders: Awaited one after the other at the end, the first first.
    """

    folder: DataFolder
    port: int
    api_key: str = field(repr=False)
    server: HTTPServer
    issue_ticket: Callable[[float], str]
    preferences: WindowPreferences
    enders: Sequence[Callable[[], Awaitable[None]]]
    has_socket: bool
    is_watched: Callable[[], bool] = lambda: False

    @property
    def pid(self) -> int:
        """The process's number."""
        return os.getpid()

    @property
    def url(self) -> str:
        """The base address, without a ticket."""
        return f"http://{_HOST}:{self.port}"

    def window_url(self, path: str = "/") -> str:
        """Return the address of a page that signs a window in that opens now, once."""
        return f"{self.url}{path}?ticket={self.issue_ticket(TICKET_LIFETIME)}"

    def printed_url(self) -> str:
        """Return an address that signs one browser in, once, whenever the person gets to it."""
        return f"{self.url}/?ticket={self.issue_ticket(PRINTED_TICKET_LIFETIME)}"

    def announce(self) -> None:
        """Write ``runtime.json``, now that everything answers.

        Raises:
            DataFolderError: It can't be written.
        """
        runtime = Runtime(
            pid=self.pid,
            url=self.url,
            port=self.port,
            socket=str(self.folder.socket) if self.has_socket else "",
            api_key=self.api_key,
            version=__version__,
            started_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        )
        try:
            write_runtime(self.folder.runtime_json, runtime)
        except OSError as error:
            raise folder_error(self.folder.root, error) from error

    async def stop(self) -> None:
        """Stop answering, then end every part; one that fails does not keep the others."""
        await _end(self._withdraw)
        self.server.stop()
        for end in self.enders:
            await _end(end)
        await self.server.close_all_connections()

    async def _withdraw(self) -> None:
        remove_runtime(self.folder.runtime_json, pid=self.pid)
        if self.has_socket:
            self.folder.socket.unlink(missing_ok=True)


def bind_port(port: int) -> list[socket.socket]:
    """Return a listening socket on *port* of 127.0.0.1; 0 is any free one.

    Raises:
        PortTakenError: Another program has it, or this one may not.
    """
    try:
        return bind_sockets(port, address=_HOST, family=socket.AF_INET, backlog=_BACKLOG)
    except OSError as error:
        raise PortTakenError(port=port) from error


def bind_private_socket(path: Path) -> socket.socket:
    """Return a listening Unix socket at *path*, 0600, in the place of one that was left there.

    Raises:
        SocketTakenError: Something else is there, or nothing can be put there.
    """
    # Not Tornado's bind_unix_socket: it leaves its socket open when it fails.
    bound = socket.socket(socket.AF_UNIX)
    try:
        if path.is_socket():
            path.unlink()
        bound.bind(str(path))
        path.chmod(OWNER_ONLY)
        bound.setblocking(False)
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise SocketTakenError(path=path) from error
    return bound


def bind(port: int, folder: DataFolder) -> list[socket.socket]:
    """Return every listening socket: *port* of 127.0.0.1, and the Unix one where there are such.

    Raises:
        PortTakenError: Another program has the port.
        SocketTakenError: Something else stands where the Unix socket belongs.
    """
    bound = bind_port(port)
    if sys.platform == "win32":
        return bound
    try:
        return [*bound, bind_private_socket(folder.socket)]
    except SocketTakenError:
        for each in bound:
            each.close()
        raise


async def _end(end: Callable[[], Awaitable[None]]) -> None:
    try:
        await end()
    except Exception:  # noqa: BLE001
        # Whatever went wrong here, the store behind it must still be closed.
        _log.exception("a part did not end cleanly")
