"""Notifications of the desktop, where its session has a message bus.

Source: freedesktop.org's Desktop Notifications Specification 1.2.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jeepney import Message

_log = logging.getLogger(__name__)

_APPLICATION: Final = "Coatcheck"
_PLACE: Final = "/org/freedesktop/Notifications"
_NAME: Final = "org.freedesktop.Notifications"
_NEVER: Final = 0
_CLICKED: Final = "default"
# A desktop may start its notification service only now.
_SECONDS_TO_SHOW: Final = 5.0
# The text may hold markup, and names in it are somebody else's.
_PLAIN: Final = {ord("<"): "‹", ord(">"): "›", ord("&"): "+"}  # noqa: RUF001

OnClick = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a notification says.

    Attributes:
        text: May hold names that somebody else chose.
        button: What clicking it does, in a word.
    """

    title: str
    text: str
    button: str


class Notifications:
    """At most one notification for each key, for as long as somebody wants it.

    Args:
        environment: Where the session's bus is looked up.
        patience: Seconds that the desktop may take to connect, and again to show something.
    """

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        *,
        platform: str = sys.platform,
        patience: float = _SECONDS_TO_SHOW,
    ) -> None:
        variables = os.environ if environment is None else environment
        self._address = variables.get("DBUS_SESSION_BUS_ADDRESS", "")
        self._usable = platform.startswith("linux") and self._address.startswith("unix:")
        self._patience = patience
        self._shown: dict[str, asyncio.Task[None]] = {}

    async def show(self, key: str, notice: Notice, on_click: OnClick) -> bool:
        """Show *notice* until it is withdrawn; False if this desktop shows none."""
        if not self._usable:
            return False
        came: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._keep(notice, on_click, came))
        self._shown[key] = task
        task.add_done_callback(lambda ended: self._ended(key, ended, came))
        return await came

    def withdraw(self, key: str) -> None:
        """Take a notification away, if it is there."""
        task = self._shown.get(key)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Take every notification away."""
        tasks = [*self._shown.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, key: str, task: asyncio.Task[None], came: asyncio.Future[bool]) -> None:
        if self._shown.get(key) is task:
            del self._shown[key]
        if not came.done():
            came.set_result(False)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.info("no notification: %s", type(error).__name__)

    async def _keep(self, notice: Notice, on_click: OnClick, came: asyncio.Future[bool]) -> None:
        """Show *notice* and wait until it is clicked or closed, or this is cancelled."""
        from jeepney.io.asyncio import DBusRouter, open_dbus_connection

        async with asyncio.timeout(self._patience):
            connection = await open_dbus_connection(self._address)
        async with connection, DBusRouter(connection) as router:
            with router.filter(_signals(), bufsize=16) as signals:
                async with asyncio.timeout(self._patience):
                    await router.send_and_get_reply(_listen())
                    number = _number_of(await router.send_and_get_reply(_show(notice)))
                came.set_result(True)
                try:
                    clicked = await _clicked(signals, number)
                except asyncio.CancelledError:
                    with contextlib.suppress(OSError):
                        await router.send(_close(number))
                    raise
        if clicked:
            await on_click()


async def _clicked(signals: asyncio.Queue[Message], number: int) -> bool:
    """Wait until the notification is clicked (True) or closed."""
    while True:
        signal = await signals.get()
        told = signal.body
        if told[0] == number:
            return _member(signal) == "ActionInvoked" and told[1] == _CLICKED


def _call(method: str, kinds: str, values: tuple[Any, ...]) -> Message:
    from jeepney import DBusAddress, new_method_call

    address = DBusAddress(_PLACE, bus_name=_NAME, interface=_NAME)
    return new_method_call(address, method, kinds, values)


def _show(notice: Notice) -> Message:
    text = notice.text.translate(_PLAIN)
    actions = [_CLICKED, notice.button]
    values = (_APPLICATION, 0, "", notice.title, text, actions, {"urgency": ("y", 2)}, _NEVER)
    return _call("Notify", "susssasa{sv}i", values)


def _close(number: int) -> Message:
    return _call("CloseNotification", "u", (number,))


def _signals() -> Any:
    from jeepney import MatchRule

    return MatchRule(type="signal", interface=_NAME, path=_PLACE)


def _listen() -> Message:
    from jeepney import message_bus

    return message_bus.AddMatch(_signals())


def _number_of(reply: Message) -> int:
    from jeepney.wrappers import unwrap_msg

    [number] = unwrap_msg(reply)
    return int(number)


def _member(signal: Message) -> str:
    from jeepney import HeaderFields

    return str(signal.header.fields[HeaderFields.member])
