"""The server's thread: one event loop beside the window's main thread."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar, cast

_log = logging.getLogger(__name__)

# A thread that waits without an end can't be interrupted on every platform.
_SIGNAL_SECONDS = 0.5


class Stoppable(Protocol):
    """What the thread runs, once it is up."""

    async def stop(self) -> None:
        """End all of it."""


S = TypeVar("S", bound=Stoppable)
T = TypeVar("T")


class ServerThread(Generic[S]):
    """Runs what *start* brings up on an event loop in a thread of its own.

    Args:
        start: Awaited on the new loop; returns the running thing, with its sockets bound.
        on_crash: Called from that thread if the loop ends without `stop`.
    """

    def __init__(
        self,
        start: Callable[[], Awaitable[S]],
        *,
        on_crash: Callable[[BaseException], None] | None = None,
    ) -> None:
        self._start = start
        self._on_crash = on_crash
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._finish: asyncio.Event | None = None
        self._running: S | None = None
        self._failure: BaseException | None = None

    def start(self, timeout: float = 60.0) -> S:
        """Start the thread and return what runs in it, ready to be asked.

        Raises:
            TimeoutError: It was not ready after *timeout* seconds.
            Exception: Whatever *start* raised.
        """
        self._thread.start()
        if not self._ready.wait(timeout):
            raise TimeoutError("the server was not ready in time")
        if self._failure is not None:
            raise self._failure
        return cast("S", self._running)

    def call(self, coroutine: Coroutine[Any, Any, T], timeout: float = 30.0) -> T:
        """Run *coroutine* on the loop and wait for its result; from any other thread."""
        loop = cast("asyncio.AbstractEventLoop", self._loop)
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(timeout)

    def post(self, function: Callable[[], object]) -> None:
        """Have the loop call *function* soon; a loop that has ended does nothing."""
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(function)

    def stop(self, timeout: float = 60.0) -> None:
        """Stop what runs and wait for the thread; a second call does nothing.

        Raises:
            TimeoutError: It still runs after *timeout* seconds.
            Exception: Whatever ``stop()`` of the running thing raised.
        """
        if self._finish is not None:
            self.post(self._finish.set)
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError("the server did not stop in time")
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def wait(self) -> None:
        """Wait until the loop ends; the calling thread still gets its signals."""
        while self._thread.is_alive():
            self._thread.join(_SIGNAL_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._failure = error
            self._report(error)
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._finish = asyncio.Event()
        running = await self._start()
        self._running = running
        self._ready.set()
        await self._finish.wait()
        await running.stop()

    def _report(self, error: BaseException) -> None:
        if not self._ready.is_set():
            return
        _log.error("the server's thread ended: %s", error)
        if self._on_crash is not None:
            self._on_crash(error)
