"""How the system asks the program to end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

_Handler = Callable[[int, FrameType | None], Any]

# SIGHUP: the terminal was closed; Windows has none.
_ASKING = ("SIGTERM", "SIGHUP")


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """Have every signal that asks for an end raise ``KeyboardInterrupt``, as Ctrl+C does.

    So whatever was begun is undone on the way out.
    """
    with _handled(_ASKING, signal.default_int_handler):
        yield


class Ending:
    """The wish that a serving program ends; the first signal makes it, more change nothing."""

    def __init__(self) -> None:
        self._wished = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event = asyncio.Event()

    @contextlib.contextmanager
    def on_signals(self) -> Iterator[None]:
        """Let signals make the wish, Ctrl+C too."""
        with _handled(("SIGINT", *_ASKING), lambda *_: self._wish()):
            yield

    async def wait(self) -> None:
        """Return once it has been made, also if that was before."""
        self._loop = asyncio.get_running_loop()
        if not self._wished:
            await self._event.wait()

    def _wish(self) -> None:
        self._wished = True
        if self._loop is not None:
            # Not the loop's own add_signal_handler: Windows has none. A closed loop has ended.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._event.set)


@contextlib.contextmanager
def _handled(names: tuple[str, ...], handler: _Handler) -> Iterator[None]:
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # What is ignored stays ignored: nohup means it.
    before = {
        number: signal.signal(number, handler)
        for number in numbers
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
