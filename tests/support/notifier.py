"""A message bus of its own, and the notification service of a desktop on it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_NAME = "org.freedesktop.Notifications"
_PLACE = "/org/freedesktop/Notifications"
_OURS = DBusAddress(_PLACE, interface=_NAME)
_CONFIGURATION = """<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>"""


@contextmanager
def message_bus_in(folder: Path) -> Iterator[str]:
    """Run a message bus whose socket is in *folder*, and give its address."""
    configuration = folder / "bus.conf"
    configuration.write_text(_CONFIGURATION.format(path=folder / "bus"))
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
    finally:
        daemon.terminate()
        daemon.communicate()


@dataclass
class Desktop:
    """What the person sees of notifications, and what they do with them."""

    connection: DBusConnection
    shown: Queue[tuple[Any, ...]] = field(default_factory=Queue)
    closed: Queue[int] = field(default_factory=Queue)
    numbers: int = 0

    def click(self, number: int) -> None:
        """Click the notification *number*."""
        self._emit("ActionInvoked", "us", (number, "default"))

    def dismiss(self, number: int) -> None:
        """Close it unread."""
        self._emit("NotificationClosed", "uu", (number, 2))

    def serve(self) -> None:
        """Answer until the connection is closed."""
        while True:
            try:
                message = self.connection.receive()
            except (OSError, EOFError, ValueError):
                return
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _answer(self, message: Any) -> None:
        member = message.header.fields[HeaderFields.member]
        if member == "Notify":
            self.numbers += 1
            self.connection.send(new_method_return(message, "u", (self.numbers,)))
            self.shown.put((self.numbers, *message.body))
        elif member == "CloseNotification":
            self.connection.send(new_method_return(message))
            self.closed.put(message.body[0])

    def _emit(self, name: str, kinds: str, values: tuple[Any, ...]) -> None:
        self.connection.send(new_signal(_OURS, name, kinds, values))


@contextmanager
def desktop_on(address: str) -> Iterator[Desktop]:
    """Serve notifications on the bus at *address*."""
    connection = open_dbus_connection(address)
    connection.send_and_get_reply(message_bus.RequestName(_NAME))
    desktop = Desktop(connection)
    thread = threading.Thread(target=desktop.serve)
    thread.start()
    try:
        yield desktop
    finally:
        connection.sock.shutdown(2)
        thread.join()
        connection.close()
