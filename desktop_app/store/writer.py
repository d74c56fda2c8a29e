"""The one thread that writes; whoever comes meanwhile shares the next sync."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from desktop_app.errors import LockedError

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")
_Job = tuple[_T, "Future[None]"]


class Writer(Generic[_T]):
    """Runs *work* on groups of items in the order they came, and *rest* after each group.

    Args:
        work: Makes a group durable, or raises and changes nothing.
        rest: What may be done once the group is acknowledged.
    """

    def __init__(self, work: Callable[[Sequence[_T]], None], rest: Callable[[], None]) -> None:
        self._work = work
        self._rest = rest
        self._queue: SimpleQueue[_Job[_T] | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        # A daemon: what is acknowledged is on the disk, so an exit need not wait.
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, item: _T) -> Future[None]:
        """Queue *item*; the future is done once it is durable, or has failed.

        Raises:
            LockedError: The writer is closed.
        """
        future: Future[None] = Future()
        with self._closing:
            if self._closed:
                raise LockedError("the writer is closed")
            self._queue.put((item, future))
        return future

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, ended = self._gather(first)
            self._finish(group)
            self._rest_safely()
            if ended:
                return

    def _gather(self, first: _Job[_T]) -> tuple[list[_Job[_T]], bool]:
        """Return *first* and all that is queued behind it, and whether that is the end."""
        group = [first]
        while True:
            try:
                job = self._queue.get_nowait()
            except Empty:
                return group, False
            if job is None:
                return group, True
            group.append(job)

    def _finish(self, group: Sequence[_Job[_T]]) -> None:
        try:
            self._work([item for item, _ in group])
        except Exception as error:  # noqa: BLE001  whoever waits must hear of it, whatever it is
            self._fail(group, error)
        else:
            for _, future in group:
                future.set_result(None)

    def _fail(self, group: Sequence[_Job[_T]], error: Exception) -> None:
        if len(group) == 1:
            group[0][1].set_exception(error)
            return
        # One that is too large for the disk's last bytes must not take the others along.
        for job in group:
            self._finish([job])

    def _rest_safely(self) -> None:
        try:
            self._rest()
        except Exception:
            _logger.exception("tidying the store failed; it will be tried again")
